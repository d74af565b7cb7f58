/** Whose tasks somebody may take, and in which order. Apart from the index, so that views need not load that. */
import { toMillis } from '../time.ts';
import type { AgentName, Task } from './task.ts';
import { taskOrder } from './task-id.ts';

/** Ready since (ms) and the order of queueing, which settles ties. */
export type Place = readonly [since: number, order: number];

export function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1];
}

export function placeOf(task: Task): Place {
  return [toMillis(task.ready_since ?? task.created_at), taskOrder(task.task_id)];
}

/** Whose ready tasks may be taken: `own` come first, `others` after them. */
export interface Fit {
  /** Tasks addressed to these, of any type. The caller itself. */
  readonly own: readonly AgentName[];
  /** Tasks addressed to these, of any type: agents on standby whose fallback the caller is. */
  readonly standby: readonly AgentName[];
  /** Unaddressed tasks of these types, and those of no type; `null`: of every type. */
  readonly types: ReadonlySet<string> | null;
  /** Narrows all of the above to these types: those that an agent which only reads may do. */
  readonly harmless: ReadonlySet<string> | null;
  /** Narrows all of the above to these types, when given. */
  readonly only: ReadonlySet<string> | null;
  /** Tasks that it may take and is not handed. */
  readonly skips: ((task: Task) => boolean) | null;
}

/** Everything addressed to one of these, and everything that is addressed to nobody. */
export function fitOfAll(own: readonly AgentName[]): Fit {
  return { own, standby: [], types: null, harmless: null, only: null, skips: null };
}

/** Whether it may take tasks of this addressee ('' for nobody) and type ('' for none). */
export function fitsLane({ own, standby, types, harmless, only }: Fit, addressee: string, type: string): boolean {
  if (only !== null && !only.has(type)) return false;
  if (harmless !== null && !harmless.has(type)) return false;
  if (addressee !== '') return own.includes(addressee) || standby.includes(addressee);
  return type === '' || types === null || types.has(type);
}
