import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { needsApproval, tellUnroutable } from '../routing/route-task.ts';
import { circleThrough, cycleError } from './dependencies.ts';
import { existing, heldByCaller } from './standing.ts';
import { askApproval } from './queue-task.ts';
import { addressAnew, checkDependencies } from './validate-request.ts';

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
  // For `auto`: anyone but who gives it away.
  const anew: Partial<ReturnType<typeof addressAnew>> =
    args.to_agent === undefined ? {} : addressAnew(state, task, args.to_agent, context, context.actor.name);
  const { routing = null } = anew;
  // Approved was the work for the agent that gives it back now.
  const asks = needsApproval(routing, task.priority);
  deliberation.add({
    type: 'task_released',
    task_id: task.task_id,
    attempt: task.attempt,
    reason: args.reason,
    wait_for,
    ...anew,
    ...(asks ? { needs_approval: true } : {}),
  });
  if (routing !== null) {
    tellUnroutable(deliberation, { ...task, routing });
    askApproval(deliberation, { ...task, to_agent: routing.agent, needs_approval: asks, routing });
  }
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
