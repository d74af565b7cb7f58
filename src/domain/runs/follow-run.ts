/** What the runner puts on record as a run goes on: its process, its end. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { existingRun } from './existing-run.ts';
import type { Run } from './run.ts';

/** Refused where the attempt is over already, or nothing may start: the program is then never let go. */
export function startRun(
  state: FederationState,
  args: ArgsOf<'start_run'>,
  _context: DecisionContext,
): Decision<ResultOf<'start_run'>> {
  const run = existingRun(state, args.run_id);
  if (run.status !== 'planned') throw notNow(run, 'planned');
  if (state.meta.paused !== null) throw new CallerError('paused', 'The federation is paused.', '');
  if (!isInHand(state, run)) {
    throw new CallerError('stale-attempt', `${run.run_id} is for an attempt that is over.`, '');
  }
  return {
    events: [{ type: 'run_started', run_id: run.run_id, process: args.process }],
    result: () => ({ run: existingRun(state, run.run_id) }),
  };
}

export function endRun(
  state: FederationState,
  { run_id, ...how }: ArgsOf<'end_run'>,
  _context: DecisionContext,
): Decision<ResultOf<'end_run'>> {
  const run = existingRun(state, run_id);
  // The runner and whoever takes over from it may both say so.
  if (run.status === 'ended') return { events: [], result: () => ({ run: existingRun(state, run_id) }) };
  return {
    events: [{ type: 'run_ended', run_id, ...how }],
    result: () => ({ run: existingRun(state, run_id) }),
  };
}

export function stopRun(
  state: FederationState,
  { run_id, reason }: ArgsOf<'stop_run'>,
  context: DecisionContext,
): Decision<ResultOf<'stop_run'>> {
  requirePerson(context, 'stop a run');
  const run = existingRun(state, run_id);
  if (run.status === 'ended') throw notNow(run, 'running');
  if (run.stop !== null) return { events: [], result: () => ({ run }) };
  return {
    events: [{ type: 'run_stop_asked', run_id, reason: reason ?? null }],
    result: () => ({ run: existingRun(state, run_id) }),
  };
}

/** The attempt that it is for is still the current one and held for it. One for a ballot has none. */
export function isInHand({ tasks }: FederationState, run: Pick<Run, 'task_id' | 'attempt' | 'session'>): boolean {
  if (run.task_id === null) return true;
  const task = tasks.get(run.task_id);
  return task?.lease?.session === run.session && task.attempt === run.attempt;
}

function notNow({ run_id, status }: Run, expected: string): CallerError {
  return new CallerError('wrong-state', `${run_id} is not ${expected}; it is ${status}.`, 'Nothing to do.');
}
