/** What may run by itself: work whose whole chain of causes is local, or that a person has approved. */
import type { Actor } from '../commands.ts';
import type { Task } from '../tasks/task.ts';

/** From elsewhere, and approved by nobody. */
export function isForeign({ origin, approved_by }: Pick<Task, 'origin' | 'approved_by'>): boolean {
  return origin !== 'local' && approved_by === null;
}

/** A run's own connection counts as the run, whichever way it comes. */
export function isRemote({ provenance, run }: Actor): boolean {
  return provenance?.via === 'http' && run === undefined;
}
