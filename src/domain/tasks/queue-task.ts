import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { EventOf } from '../events.ts';
import type { NewTask } from './new-task.ts';
import type { FederationState } from '../federation-state.ts';
import { askAboutForeign } from '../runs/unapproved.ts';
import { suggestionOf, tellUnroutable } from '../routing/route-task.ts';
import { oneLine } from '../text.ts';
import { participantKind } from '../participants.ts';
import { isSatisfied, isSettled } from './dependencies.ts';
import { causeOf, limitReached } from './limits.ts';
import { fingerprintOf, remember, rememberedResult } from './remembered.ts';
import type { Task, TaskId } from './task.ts';
import { areTwins, twinKey } from './twins.ts';
import { checkDependencies, newTask } from './validate-request.ts';

export function queueTask(
  state: FederationState,
  args: ArgsOf<'queue_task'>,
  context: DecisionContext,
): Decision<ResultOf<'queue_task'>> {
  const { idempotency_key: key } = args;
  const fingerprint = key === undefined ? '' : fingerprintOf('queue_task', args);
  const first = rememberedResult(state, context, key, fingerprint);
  if (first !== null) return { events: [], result: () => queued(state, first['task_id'] ?? '', null) };

  const deliberation = new Deliberation(state, context);
  const task = newTask(state, args, context, {
    task_id: deliberation.nextId('task'),
    caused_by: causeOf(state, context),
    idempotency_key: key ?? null,
    dependencies: checkDependencies(state, args.dependencies ?? [], 'dependencies'),
  });

  const twin = context.actor.kind === 'person' ? undefined : findTwin(state, task);
  if (twin !== undefined) return { events: [], result: () => queued(state, twin, twin) };

  const refused = limitReached(deliberation, task.caused_by, new Map([[task.to_agent, 1]]));
  if (refused !== null) return { events: deliberation.events, refused };

  deliberation.add(taskQueued(context, task));
  tellOperator(deliberation, task);
  if (key !== undefined) deliberation.add(remember(key, fingerprint, { task_id: task.task_id }));
  return { events: deliberation.events, result: () => queued(state, task.task_id, null) };
}

/** Everything about a newly queued task that waits for the operator. */
export function tellOperator(deliberation: Deliberation, task: NewTask): void {
  askApproval(deliberation, task);
  if (task.origin === 'http') askAboutForeign(deliberation, task.from_agent, [task]);
  tellUnroutable(deliberation, task);
  tellBlocked(deliberation, task);
}

/** With what the roster says of those involved: events are read without it. */
export function taskQueued({ config }: DecisionContext, task: NewTask): EventOf<'task_queued'> {
  const { to_agent, caused_by } = task;
  const isPerson = (name: string): boolean => participantKind(config, name) === 'person';
  return {
    type: 'task_queued',
    task,
    ...(to_agent !== null && isPerson(to_agent) ? { for_person: true } : {}),
    ...(caused_by.kind === 'review' && isPerson(caused_by.by) ? { by_person: true } : {}),
  };
}

/** Work that needs the operator's approval stands in the inbox until it has it. */
export function askApproval(
  deliberation: Deliberation,
  task: Pick<NewTask, 'task_id' | 'from_agent' | 'to_agent' | 'description' | 'needs_approval' | 'routing'>,
): void {
  if (!task.needs_approval) return;
  const suggestion = task.routing?.doubt == null ? '' : `\n${suggestionOf(task.routing)}`;
  deliberation.escalate({
    kind: 'approval',
    about: task.task_id,
    title: `${task.task_id} needs approval`,
    detail: `Queued by ${task.from_agent} for ${task.to_agent ?? 'anyone'}: ${oneLine(task.description, 200)}${suggestion}`,
    task_id: task.task_id,
  });
}

/** A dependency that has ended without success already would be waited for in vain. */
function tellBlocked(deliberation: Deliberation, { task_id, dependencies }: NewTask): void {
  const { state } = deliberation;
  for (const id of dependencies) {
    if (!isSettled(state, id) || isSatisfied(state, id)) continue;
    deliberation.escalate({
      kind: 'blocked',
      about: id,
      title: `${task_id} depends on ${id}, which ended without success`,
      detail: 'It stays blocked until you act.',
      task_id: id,
    });
  }
}

function queued(state: FederationState, id: TaskId, duplicate_of: TaskId | null): ResultOf<'queue_task'> {
  return { task_id: id, task: state.tasks.get(id) ?? null, duplicate_of };
}

/** An open task that asks for the same. */
export function findTwin(state: FederationState, task: NewTask): TaskId | undefined {
  for (const id of state.index.twins.get(twinKey(task)) ?? []) {
    const other: Task | undefined = state.tasks.get(id);
    if (other !== undefined && areTwins(task, other)) return id;
  }
  return undefined;
}
