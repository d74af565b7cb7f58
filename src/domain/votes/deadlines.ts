/** What moves the deadlines of all active votes at once. */
import type { FederationState } from '../federation-state.ts';
import { addMillis, type Timestamp, toMillis } from '../time.ts';
import type { Vote } from './vote-state.ts';

/** The federation goes on after a pause: deadlines move by as much of it as they were counted through. */
export function moveDeadlinesByPause(state: FederationState, since: Timestamp, until: Timestamp): void {
  for (const id of Array.from(state.voteIndex.deadlines.values())) {
    const vote = state.votes.get(id);
    if (vote === undefined) continue;
    const from = vote.counted_from > since ? vote.counted_from : since;
    moveDeadline(state, vote, Math.max(0, toMillis(until) - toMillis(from)));
  }
}

/** What lies ahead keeps its distance from now, whatever the clock did. */
export function moveDeadlinesBack(state: FederationState, by: number): void {
  for (const id of Array.from(state.voteIndex.deadlines.values())) {
    const vote = state.votes.get(id);
    if (vote === undefined) continue;
    const counted_from = addMillis(vote.counted_from, -by);
    moveDeadline(state, { ...vote, counted_from }, -by);
  }
}

function moveDeadline(state: FederationState, vote: Vote, by: number): void {
  state.votes.set(vote.vote_id, { ...vote, deadline: addMillis(vote.deadline, by) });
}
