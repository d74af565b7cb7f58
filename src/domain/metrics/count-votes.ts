/**
 * A vote counts when it closes, once: one that was reopened has had the operator's help already. High stakes are always
 * confirmed by the operator and count nowhere.
 */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import { toMillis } from '../time.ts';
import type { VoteId } from '../votes/vote.ts';
import type { Vote } from '../votes/vote-state.ts';
import { hourOf } from './metrics.ts';

export function countClosing(state: FederationState, id: VoteId, by: 'agents' | 'operator', { at }: EventMeta): void {
  if (countedVote(state, id) === undefined) return;
  const hour = state.metrics.hours.at(hourOf(toMillis(at)));
  hour.add('votes_closed', 1);
  if (by === 'agents') hour.add('votes_by_agents', 1);
}

/** It was not left to the agents after all. */
export function countOverruled(state: FederationState, id: VoteId): void {
  const vote = countedVote(state, id);
  if (vote?.decided?.decided_by !== 'agents') return;
  const counted = hourOf(toMillis(vote.decided.at));
  const { hours } = state.metrics;
  if (hours.get(counted) !== undefined) hours.at(counted).add('votes_by_agents', -1);
}

function countedVote(state: FederationState, id: VoteId): Vote | undefined {
  const vote = state.votes.get(id);
  return vote === undefined || vote.stakes === 'high' || vote.counted_from > vote.opened_at ? undefined : vote;
}
