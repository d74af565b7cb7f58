/** When a vote closes, and what follows. Whichever process notices first closes it; appending decides who that was. */
import type { Attendance } from '../agents/attendance.ts';
import type { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { settleEarly } from './early-resolution.ts';
import { countedBallots, judgementOf, missingVoters, openBallots, unreachableVoters } from './standing.ts';
import { tally } from './tally.ts';
import { abstain, type EscalationReason } from './vote.ts';
import type { ClosingRecord } from './vote-state.ts';
import type { ClosingCause, Vote } from './vote-state.ts';
import type { VotingRecord } from './voting-record.ts';

/** Counts what is there. */
export function countVote({ state, context }: Deliberation, vote: Vote, because: ClosingCause): ClosingRecord {
  const { ballots, unreadable } = openBallots(vote);
  return {
    because,
    unreachable: unreachableVoters(state, vote, context),
    unreadable,
    tally: tally(vote, countedBallots(ballots), judgementOf(state.voting)),
    ballots,
  };
}

/** Closes a vote by its ballots: decided, or escalated to the operator. */
export function closeByBallots(deliberation: Deliberation, vote: Vote, because: ClosingCause): void {
  const { context } = deliberation;
  const closing = countVote(deliberation, vote, because);
  const { vote_id } = vote;
  const { verdict } = closing.tally;
  if (verdict.status === 'decided') {
    const { choice } = verdict;
    deliberation.add({ type: 'vote_decided', vote_id, choice, decided_by: 'agents', reason: null, via: null, closing });
    return;
  }
  const { reason } = verdict;
  deliberation.add({ type: 'vote_escalated', vote_id, reason, to: context.config.operator, closing });
  askToDecide(deliberation, vote, reason);
}

export function askToDecide(
  deliberation: Deliberation,
  { vote_id, question, options }: Pick<Vote, 'vote_id' | 'question' | 'options'>,
  reason: EscalationReason,
): void {
  deliberation.escalate({
    kind: 'vote',
    about: vote_id,
    // Says nothing of the ballots: the vote may be extended, and is then sealed again.
    title: `${vote_id} is undecided (${reason}): ${question.slice(0, 120)}`,
    detail: `Options: ${options.join(' · ').slice(0, 400)}. Decide, extend or cancel it.`,
    task_id: null,
    vote_id,
  });
}

/** Closes a vote whose moment has come. While the federation is paused only the operator closes one. */
export function closeIfDone(deliberation: Deliberation, vote: Vote): void {
  const { state, context } = deliberation;
  if (state.meta.paused !== null) return;
  const because = closingCause(state, vote, context);
  if (because !== null) closeByBallots(deliberation, vote, because);
}

function closingCause(state: FederationState, vote: Vote, attendance: Attendance): ClosingCause | null {
  const { now } = attendance;
  // The operator has asked for second thoughts: the ballots that were there already must not close it at once.
  if (vote.held_open === true) return now >= vote.deadline ? 'deadline' : null;
  const { sides, isSettled } = lookInside(vote, state.voting);
  const isWaiting = (): boolean => missingVoters(vote).length > unreachableVoters(state, vote, attendance).length;
  if (sides >= vote.quorum && !isWaiting()) return 'everyone-voted';
  if (isSettled) return 'settled-early';
  return now >= vote.deadline ? 'deadline' : null;
}

interface Inside {
  readonly record: VotingRecord;
  /** Ballots that do not abstain. */
  readonly sides: number;
  readonly isSettled: boolean;
}

/**
 * What closing depends on, worked out once for each change of a vote's row:
 * `tick` asks every second. Keeps no plain text.
 */
const looked = new WeakMap<Vote, Inside>();

function lookInside(vote: Vote, record: VotingRecord): Inside {
  const known = looked.get(vote);
  if (known?.record === record) return known;
  const ballots = vote.ballots.length === 0 ? [] : countedBallots(openBallots(vote).ballots);
  const inside = {
    record,
    sides: ballots.filter(({ choice }) => choice !== abstain).length,
    isSettled: ballots.length > 0 && settleEarly(vote, ballots, judgementOf(record)) !== null,
  };
  looked.set(vote, inside);
  return inside;
}
