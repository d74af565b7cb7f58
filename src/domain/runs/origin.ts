/** What may run by itself: work whose whole chain of causes is local, or that a person has approved. */
import type { Task } from '../tasks/task.ts';

/** From elsewhere, and approved by nobody. */
export function isForeign({ origin, approved_by }: Pick<Task, 'origin' | 'approved_by'>): boolean {
  return origin !== 'local' && approved_by === null;
}
