import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { routeTask } from '../outcomes/route-task.ts';
import { circleThrough, cycleError } from './dependencies.ts';
import { existing, heldByCaller } from './standing.ts';
import type { Task } from './task.ts';
import { checkAddressee, checkDependencies } from './validate-request.ts';

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
    ...(args.to_agent === undefined ? {} : { to_agent: addressee(state, args.to_agent, task, context) }),
  });
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

/** `auto`: anyone but who gives it away. */
function addressee(state: FederationState, name: string, task: Task, context: DecisionContext): string | null {
  if (name !== 'auto') return checkAddressee(context.config, name);
  return routeTask(state, { ...task, except: context.actor.name }, context).agent;
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
