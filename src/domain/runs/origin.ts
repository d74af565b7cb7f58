/** What may run by itself: work whose whole chain of causes is local, or that a person has approved. */
import type { Actor } from '../commands.ts';
import type { Task } from '../tasks/task.ts';

/** Set by our own server for its pages alone; no client can say it of itself. */
export const boardClient = 'board';

/** From elsewhere, and approved by nobody. */
export function isForeign({ origin, approved_by }: Pick<Task, 'origin' | 'approved_by'>): boolean {
  return origin !== 'local' && approved_by === null;
}

/**
 * A run's own connection counts as the run, whichever way it comes; and what a person clicks on the board is that
 * person's own word, who could approve it in the same breath. What comes with a person's token by MCP is not: there a
 * model speaks.
 */
export function isRemote({ provenance, run }: Actor): boolean {
  if (provenance?.via !== 'http' || run !== undefined) return false;
  return provenance.client !== boardClient || provenance.asked_by !== undefined;
}
