import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { circleThrough, cycleError } from './dependencies.ts';
import { existing, heldByCaller } from './standing.ts';
import { addressTo, checkDependencies } from './validate-request.ts';

/** Not for me, or not now: no attempt is used. */
export function releaseTask(
  state: FederationState,
  args: ArgsOf<'release_task'>,
  context: DecisionContext,
): Decision<ResultOf<'release_task'>> {
  const task = heldByCaller(state, args.task_id, context.actor);
  const wait_for = checkDependencies(state, args.wait_for ?? [], 'wait_for');
  for (const id of wait_for) {
    const circle = circleThrough(state, task.task_id, id);
    if (circle !== null) throw cycleError(circle);
  }
  const deliberation = new Deliberation(state, context);
  deliberation.add({
    type: 'task_released',
    task_id: task.task_id,
    attempt: task.attempt,
    reason: args.reason,
    wait_for,
    // For `auto`: anyone but who gives it away.
    ...(args.to_agent === undefined
      ? {}
      : addressTo(state, args.to_agent, { ...task, except: context.actor.name }, context)),
  });
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

/** Gives back everything a session holds. Sent by the process itself when its client ends in good order. */
export function endSession(
  state: FederationState,
  args: ArgsOf<'end_session'>,
  context: DecisionContext,
): Decision<ResultOf<'end_session'>> {
  const deliberation = new Deliberation(state, context);
  const released: string[] = [];
  for (const id of state.index.heldBy.get(context.actor.name) ?? []) {
    const task = state.tasks.get(id);
    if (task?.lease?.session !== args.session) continue;
    released.push(id);
    deliberation.add({
      type: 'task_released',
      task_id: id,
      attempt: task.attempt,
      reason: 'the client closed',
      wait_for: [],
    });
  }
  return { events: deliberation.events, result: () => ({ released }) };
}
