import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { needsApproval, tellUnroutable } from '../routing/route-task.ts';
import { circleThrough, cycleError } from './dependencies.ts';
import { ask } from './notes.ts';
import { existing, heldByCaller } from './standing.ts';
import { askApproval } from './queue-task.ts';
import { newAddressee, checkDependencies } from './validate-request.ts';
import { oneLine } from '../text.ts';
import type { Task } from './task.ts';

/** Not for me, or not now: no attempt is used. */
export function releaseTask(
  state: FederationState,
  args: ArgsOf<'release_task'>,
  context: DecisionContext,
): Decision<ResultOf<'release_task'>> {
  const task = heldByCaller(state, args.task_id, context.actor);
  const waits = checkDependencies(state, args.wait_for ?? [], 'wait_for');
  for (const id of waits) {
    const circle = circleThrough(state, task.task_id, id);
    if (circle !== null) throw cycleError(circle);
  }
  const deliberation = new Deliberation(state, context);
  // Before the release, which is folded against what is open by then.
  const wait_for = args.question === undefined ? waits : [...waits, ask(deliberation, task, args.question)];
  // For `auto`: anyone but who gives it away.
  const addressed: Partial<ReturnType<typeof newAddressee>> =
    args.to_agent === undefined ? {} : newAddressee(state, task, args.to_agent, context, context.actor.name);
  const { routing = null } = addressed;
  // Approved was the work for the agent that gives it back now.
  const asks = needsApproval(routing, task.priority);
  const isGivenBack = args.unasked !== true && wait_for.length === 0;
  deliberation.add({
    type: 'task_released',
    task_id: task.task_id,
    attempt: task.attempt,
    reason: args.reason,
    wait_for,
    ...addressed,
    ...(asks ? { needs_approval: true } : {}),
    ...(isGivenBack ? { given_back: true } : {}),
  });
  if (isGivenBack) askAboutReleases(deliberation, task, args.reason);
  if (routing !== null) {
    tellUnroutable(deliberation, { ...task, routing });
    askApproval(deliberation, { ...task, to_agent: routing.agent, needs_approval: asks, routing });
  }
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

/** Work that nobody wants to keep is looked at by a person. */
function askAboutReleases(
  deliberation: Deliberation,
  { task_id, given_back, max_attempts }: Task,
  reason: string,
): void {
  const times = given_back.length + 1;
  if (times <= max_attempts) return;
  deliberation.escalate({
    kind: 'given-back',
    about: task_id,
    title: `${task_id} was released ${times} times`,
    detail: `Last by ${deliberation.context.actor.name}: ${oneLine(reason, 400)}`,
    task_id,
  });
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
