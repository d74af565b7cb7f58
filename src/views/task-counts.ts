/** How many tasks are in each status now, those that have left the state included: the one count of every page. */
import type { FederationState } from '../domain/federation-state.ts';

export function taskCounts({ index, archived }: FederationState) {
  const { byStatus, ready } = index;
  const gone = { completed: 0, failed: 0, cancelled: 0 };
  for (const { status } of archived.values()) gone[status] += 1;
  return {
    ready: ready.size,
    waiting: byStatus.pending.size - ready.size,
    in_progress: byStatus['in-progress'].size,
    completed: byStatus.completed.size + gone.completed,
    failed: byStatus.failed.size + gone.failed,
    cancelled: byStatus.cancelled.size + gone.cancelled,
  };
}
