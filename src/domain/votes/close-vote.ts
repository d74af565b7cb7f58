import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { closeByBallots } from './closing.ts';
import { existingVote } from './standing.ts';

/** Ends a vote before its time; the ballots that are there decide. */
export function closeVote(
  state: FederationState,
  args: ArgsOf<'close_vote'>,
  context: DecisionContext,
): Decision<ResultOf<'close_vote'>> {
  requirePerson(context, 'close a vote early');
  const vote = existingVote(state, args.vote_id);
  if (vote.status !== 'active') {
    throw new CallerError(
      'closed',
      `${vote.vote_id} is already ${vote.status}.`,
      vote.status === 'escalated'
        ? advise`Decide it with ${call('decide_vote', { vote_id: vote.vote_id })}.`
        : advise`Read the result with ${call('get_vote', { vote_id: vote.vote_id })}.`,
    );
  }
  const deliberation = new Deliberation(state, context);
  closeByBallots(deliberation, vote, 'operator');
  return { events: deliberation.events, result: () => ({ vote: existingVote(state, vote.vote_id) }) };
}
