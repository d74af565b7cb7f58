import type { Actor } from '../commands.ts';

/** Whether it acts from elsewhere. A run's own connection counts as the run, whichever way it comes. */
export function isRemote({ provenance, run }: Actor): boolean {
  return provenance?.via === 'http' && run === undefined;
}
