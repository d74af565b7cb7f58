import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { invalid } from '../tasks/task-fields.ts';
import { addMillis, minute, type Timestamp } from '../time.ts';
import type { SealedBallot } from './sealing.ts';
import { decodeBytes, keyBytes, nonceBytes, sealBallot } from './sealing.ts';
import { existingVote, openBallots } from './standing.ts';
import type { AgentBallots, Vote } from './vote-state.ts';

/** A year. */
export const mostMinutes = 525_600;

/**
 * Gives a vote more time. An escalated one becomes active again, counted from
 * now. Its ballots have been seen by whoever looked; they are sealed anew, so
 * that nobody else sees them before voting.
 */
export function extendVote(
  state: FederationState,
  args: ArgsOf<'extend_vote'>,
  context: DecisionContext,
): Decision<ResultOf<'extend_vote'>> {
  requirePerson(context, 'extend a vote');
  const vote = existingVote(state, args.vote_id);
  const { vote_id } = vote;
  if (!(args.minutes > 0 && args.minutes <= mostMinutes)) {
    throw invalid(
      'minutes',
      `expected a number above 0 and up to ${mostMinutes}, got ${args.minutes}`,
      'Give the minutes to add.',
    );
  }
  if (vote.status === 'decided' || vote.status === 'cancelled') {
    throw new CallerError(
      'closed',
      `${vote_id} is already ${vote.status}.`,
      vote.status === 'decided'
        ? advise`Overrule it with ${call('decide_vote', { vote_id })}.`
        : advise`Open a new vote with ${call('open_vote')}.`,
    );
  }
  const deliberation = new Deliberation(state, context);
  extendByOperator(deliberation, vote, args.minutes);
  return { events: deliberation.events, result: () => ({ vote: existingVote(state, vote_id) }) };
}

export function extendByOperator(deliberation: Deliberation, vote: Vote, minutes: number): void {
  const { context } = deliberation;
  const { vote_id } = vote;
  const isReopened = vote.status === 'escalated';
  deliberation.add({
    type: 'vote_extended',
    vote_id,
    deadline: extended(isReopened ? context.now : vote.deadline, minutes),
    reopened: isReopened ? { ballots: sealAnew(vote, context) } : null,
  });
  deliberation.closeEscalations(vote_id, 'extended', 'vote');
}

function extended(from: Timestamp, minutes: number): Timestamp {
  return addMillis(from, Math.round(minutes * minute));
}

function sealAnew(vote: Vote, { random }: DecisionContext): AgentBallots<SealedBallot>[] {
  if (vote.seal_key === null) return [];
  const key = decodeBytes(vote.seal_key, keyBytes);
  return openBallots(vote).ballots.map(({ agent, revisions }) => ({
    agent,
    revisions: revisions.map(({ at, ballot }) => ({
      at,
      ballot: sealBallot(ballot, { vote_id: vote.vote_id, agent }, key, random(nonceBytes)),
    })),
  }));
}
