/** What the folds of task events share. What an event unblocks follows here, from the dependents' index. */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { Timestamp } from '../time.ts';
import { isSatisfied, isSettled } from './dependencies.ts';
import type { DependencyId, HistoryEntry, Task, TaskId } from './task.ts';

export const keptHistory = 20;
export const keptNotes = 50;
/** One for all rows. */
export const nothing: readonly never[] = [];

/** One that has left the state, or never was there, changes nothing. */
export function changeTask(state: FederationState, id: TaskId, change: (task: Task) => Task): void {
  const task = state.tasks.get(id);
  if (task !== undefined) state.tasks.set(id, change(task));
}

export function noted(task: Task, meta: EventMeta, what: string, text?: string): Task {
  return { ...task, updated_at: meta.at, history: historyWith(task, meta, what, text) };
}

export function historyWith(
  { history }: Task,
  { at, by }: EventMeta,
  what: string,
  text?: string,
): readonly HistoryEntry[] {
  const entry: HistoryEntry = text === undefined ? { at, by, what } : { at, by, what, text };
  return newest(history, entry, keptHistory);
}

/** The newest `kept`, `one` the last. An array that grows by a push would keep room for 16 more, with each row. */
export function newest<T>(before: readonly T[], one: T, kept: number): readonly T[] {
  const stays = before.length < kept ? before : before.slice(1 - kept);
  return stays.concat([one]);
}

/** An empty list as the one that all rows share. */
export function shared<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? nothing : list;
}

/** Nobody holds it any more, and it is to be done. */
export function returned(task: Task): Task {
  return { ...task, status: 'pending', lease: null, progress: null, reported: null };
}

export function finished(task: Task, status: 'completed' | 'failed' | 'cancelled', at: Timestamp): Task {
  return { ...task, status, lease: null, reported: null, starts_at: null, finished_at: at };
}

/** Sets `ready_since` where nothing stands in the way any more; a task that was ready before keeps its place. */
export function readied(task: Task, at: Timestamp): Task {
  const held = task.waiting_for.length > 0 || (task.needs_approval && task.approved_by === null);
  if (task.status !== 'pending' || held || task.ready_since !== null || task.starts_at !== null) return task;
  return { ...task, ready_since: at };
}

/** What rules queued when this task finished. One that waited for the operator joins later. */
export function withFollowUp(task: Task, id: TaskId): Task {
  if (task.result === null) return task;
  return { ...task, result: { ...task.result, follow_ups: [...task.result.follow_ups, id] } };
}

/** Tells the dependents of a task or vote that may have just ended. */
export function settle(state: FederationState, id: DependencyId, at: Timestamp): void {
  if (!isSettled(state, id)) return;
  const satisfied = isSatisfied(state, id);
  for (const dependent of Array.from(state.dependents.get(id) ?? [])) {
    changeTask(state, dependent, (task) => {
      if (!task.waiting_for.includes(id)) return task;
      if (!satisfied && task.dependencies.includes(id)) return task;
      const waiting_for = task.waiting_for.filter((other) => other !== id);
      return readied({ ...task, waiting_for, updated_at: at }, at);
    });
  }
}
