import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { quote } from '../text.ts';
import type { Run } from './run.ts';

/** @throws CallerError `not-found` */
export function existingRun(state: FederationState, id: string): Run {
  const run = state.runs.get(id);
  if (run !== undefined) return run;
  throw new CallerError(
    'not-found',
    `No run has the id ${quote(id)}.`,
    'Ids look like run-2026-02-06-001; fed runs lists the newest.',
  );
}
