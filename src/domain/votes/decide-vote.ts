import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { countVote } from './closing.ts';
import { checkOption, existingVote } from './standing.ts';
import { cancelledError } from './cancel-vote.ts';
import type { Vote } from './vote-state.ts';

/**
 * The operator's word: settles an escalated vote, ends an active one, overrules
 * a decided one. Works while the federation is paused.
 */
export function decideVote(
  state: FederationState,
  args: ArgsOf<'decide_vote'>,
  context: DecisionContext,
): Decision<ResultOf<'decide_vote'>> {
  requirePerson(context, 'decide a vote');
  const vote = existingVote(state, args.vote_id);
  if (vote.status === 'cancelled') throw cancelledError(vote);
  const deliberation = new Deliberation(state, context);
  decideByOperator(deliberation, vote, args.choice, args.reason);
  return { events: deliberation.events, result: () => ({ vote: existingVote(state, vote.vote_id) }) };
}

/** @throws CallerError `invalid` for a choice that is no option */
export function decideByOperator(deliberation: Deliberation, vote: Vote, chosen: string, reason: string): void {
  const choice = checkOption(vote, chosen, 'choice');
  const { state, context } = deliberation;
  const { vote_id } = vote;
  const via = context.actor.client;
  if (vote.status === 'decided') {
    // The same again, after an answer that was lost on the way, changes nothing.
    if (vote.choice === null || vote.choice === choice) return;
    const told = [...(state.dependents.get(vote_id) ?? [])];
    deliberation.add({ type: 'vote_overruled', vote_id, choice, before: vote.choice, reason, via, told });
    return;
  }
  const closing = vote.status === 'active' ? countVote(deliberation, vote, 'operator') : null;
  deliberation.add({ type: 'vote_decided', vote_id, choice, decided_by: 'operator', reason, via, closing });
  deliberation.closeEscalations(vote_id, `decided: ${choice.slice(0, 60)}`, 'vote');
}
