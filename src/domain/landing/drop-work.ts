import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { existing } from '../tasks/standing.ts';
import { refuseRuns, withWork } from './land-work.ts';

/** Gives a branch up. Its commits are kept apart by whoever drops it. */
export function dropWork(
  state: FederationState,
  { task_id, reason }: ArgsOf<'drop_work'>,
  context: DecisionContext,
): Decision<ResultOf<'drop_work'>> {
  const task = existing(state, task_id);
  refuseRuns(context);
  const { landing } = withWork(task);
  if (landing?.state === 'landed') {
    throw new CallerError(
      'wrong-state',
      `${task_id} has landed on ${landing.target}.`,
      `Take it back with fed land --revert ${task_id}.`,
    );
  }
  if (task.lease !== null) {
    throw new CallerError(
      'already-claimed',
      `${task_id} is held by ${task.lease.agent}.`,
      `Stop its run or cancel it first.`,
    );
  }
  const events =
    landing?.state === 'dropped' ? [] : [{ type: 'work_dropped' as const, task_id, reason: reason ?? null }];
  return { events, result: () => ({ task: existing(state, task_id) }) };
}
