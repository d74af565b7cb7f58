/** What time brings about in voting: votes close, old ones leave the state. */
import type { Deliberation } from '../deliberation.ts';
import { day, toMillis } from '../time.ts';
import { closeIfDone } from './closing.ts';
import type { VoteId } from './vote.ts';

/** Votes in one event; the rest follows with the next tick. */
const batch = 500;

export function closeDueVotes(deliberation: Deliberation): void {
  const { state } = deliberation;
  if (state.meta.paused !== null) return;
  for (const id of state.voteIndex.deadlines.values()) {
    const vote = state.votes.get(id);
    if (vote !== undefined) closeIfDone(deliberation, vote);
  }
}

/** By the same retention as tasks. */
export function archiveVotes({ state, context, events }: Deliberation): void {
  const { finished_days, finished_tasks } = context.config.retention;
  const { finished } = state.voteIndex;
  const before = toMillis(context.now) - finished_days * day;
  const surplus = finished.size - finished_tasks;
  const slack = Math.ceil(finished_tasks / 50);
  const oldest = finished.minKey()?.[0];
  if (surplus <= slack && (oldest === undefined || oldest >= before - day)) return;
  const vote_ids: VoteId[] = [];
  for (const [[at], id] of finished.entries()) {
    if (vote_ids.length >= batch || (vote_ids.length >= surplus && at >= before)) break;
    vote_ids.push(id);
  }
  if (vote_ids.length > 0) events.push({ type: 'votes_archived', vote_ids });
}
