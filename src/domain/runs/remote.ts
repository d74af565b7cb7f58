import type { Actor } from '../commands.ts';

/** Set by our own server for its pages alone; no client can say it of itself. */
export const boardClient = 'board';

/**
 * A run's own connection counts as the run, whichever way it comes; and what a person clicks on the board is that
 * person's own word, who could approve it in the same breath. What comes with a person's token by MCP is not: there a
 * model speaks.
 */
export function isRemote({ provenance, run }: Actor): boolean {
  if (provenance?.via !== 'http' || run !== undefined) return false;
  return provenance.client !== boardClient || provenance.asked_by !== undefined;
}
