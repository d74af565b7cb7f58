import type { FederationState } from '../federation-state.ts';
import type { Timestamp } from '../time.ts';
import { waitsBehind } from './fit.ts';
import type { Task } from './task.ts';

/** Why a pending task cannot be claimed now, in words; `null` where it can, the federation's pause aside. */
export function whyNotReady(state: FederationState, task: Task, now: Timestamp): string | null {
  if (task.waiting_for.length > 0) return `it waits for ${task.waiting_for.slice(0, 5).join(', ')}`;
  if (task.needs_approval && task.approved_by === null) return 'it waits for approval';
  if (task.starts_at !== null) return `it starts at ${task.starts_at}`;
  const [blocker] = state.index.inUse.blockersOf(task.task_id);
  if (blocker !== undefined) {
    const held = state.tasks.get(blocker);
    if (held?.status === 'completed') {
      return `it waits for ${blocker} to land, which changed ${whatBothNeed(state, task, blocker)}`;
    }
    const holder = held?.lease?.agent ?? 'somebody';
    return `it waits for ${blocker}, which ${holder} holds and which needs ${whatBothNeed(state, task, blocker)}`;
  }
  const earlier = waitsBehind(state, task, now);
  return earlier === undefined
    ? null
    : `${earlier.task_id} came first and waits for ${whatBothNeed(state, task, earlier.task_id)}`;
}

function whatBothNeed(state: FederationState, { uses }: Task, other: string): string {
  const shared = state.tasks.get(other)?.uses.filter((name) => uses.includes(name)) ?? [];
  return shared.length > 0 ? shared.join(', ') : 'the same files';
}
