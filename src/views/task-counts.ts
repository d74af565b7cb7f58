/** How many tasks are in each status now, those that have left the state included: the one count of every page. */
import type { FederationState } from '../domain/federation-state.ts';

export function taskCounts({ index, archived }: FederationState) {
  const { byStatus, ready } = index;
  return {
    ready: ready.size,
    waiting: byStatus.pending.size - ready.size,
    in_progress: byStatus['in-progress'].size,
    completed: byStatus.completed.size + archived.counts.completed,
    failed: byStatus.failed.size + archived.counts.failed,
    cancelled: byStatus.cancelled.size + archived.counts.cancelled,
  };
}
