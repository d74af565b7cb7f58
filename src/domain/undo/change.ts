/**
 * change   what one participant did to one thing with one command: what `undo` takes back
 * part     one event of it, with what stood there before
 */
import type { Advice } from '../advice.ts';
import type { Escalation } from '../scheduling/escalation.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import type { Timestamp } from '../time.ts';

export type Part =
  /** It was done to this task; `along`: this one only went with it, so it comes back only if nobody touched it. */
  | { readonly of: 'task'; readonly along: boolean; readonly before: Task }
  | { readonly of: 'settled'; readonly before: Escalation }
  | { readonly of: 'asked'; readonly inbox_id: string }
  | { readonly of: 'pause' }
  | { readonly of: 'scheduling'; readonly before: boolean | null; readonly on: boolean }
  | { readonly of: 'optimization'; readonly optimization_id: string }
  /** It stands. What to do instead. */
  | { readonly of: 'standing'; readonly instead: Advice };

export interface Change {
  readonly at: Timestamp;
  /** The task, vote or switch it was done to; null: only inbox items. */
  readonly about: string | null;
  /** What can be named to mean it. */
  readonly ids: readonly string[];
  /** As the log says it. */
  readonly did: readonly string[];
  readonly parts: readonly Part[];
}

/** As a checkpoint keeps it. */
export function plainChange({ at, about, ids, did, parts }: Change): Change {
  return { at, about, ids, did, parts };
}

/** How many changes of one participant are kept. */
export const keptChanges = 20;

/** Which change of a participant's is meant. */
export type ChangeKey = Pick<Change, 'at' | 'about'>;

export function isThat({ at, about }: ChangeKey): (change: Change) => boolean {
  return (change) => change.at === at && change.about === about;
}

/** What an undo gives a task back: the fields that differ from now. */
export interface TaskBack {
  readonly task_id: TaskId;
  readonly back: Partial<Task>;
}
