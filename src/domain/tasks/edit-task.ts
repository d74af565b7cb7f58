/** Changes to a task that nobody has claimed. */
import { advise, call } from '../advice.ts';
import type { TaskChanges } from '../requests.ts';
import type { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { EventOf } from '../events.ts';
import { needsApproval, tellUnroutable } from '../routing/route-task.ts';
import { circleThrough, cycleError } from './dependencies.ts';
import { askApproval } from './queue-task.ts';
import { finishedError } from './standing.ts';
import { subjectOf } from './subject.ts';
import type { Task } from './task.ts';
import {
  checkChecks,
  checkContext,
  checkDescription,
  checkPaths,
  checkTimes,
  checkUses,
  invalid,
} from './task-fields.ts';
import { newAddressee, checkDependencies } from './validate-request.ts';

type Edited = EventOf<'task_edited'>;

/**
 * Another description or type makes it other work: an approval does not count for that, and what the router chose is
 * chosen again. An addressee of a person's choice stays.
 */
export function edit(
  deliberation: Deliberation,
  task: Task,
  changes: TaskChanges | undefined,
  reason: string | null,
): void {
  const { task_id } = task;
  refuseClaimed(task);
  const changed = changesTo(deliberation, task, changes);
  const after = { ...task, ...changed };
  const isOther = changed.description !== undefined || changed.type !== undefined;
  const unapproved = isOther && task.approved_by !== null;
  const isRouted = isOther && task.routing !== null && task.routing.method !== 'forced';
  const addressed: Pick<Edited, 'to_agent' | 'routing'> = isRouted
    ? newAddressee(deliberation.state, after, 'auto', deliberation.context)
    : {};
  const { routing = null } = addressed;
  const asks = needsApproval(routing, after.priority) && (!task.needs_approval || unapproved);
  deliberation.add({
    type: 'task_edited',
    task_id,
    changes: changed,
    reason,
    ...(unapproved ? { unapproved } : {}),
    ...addressed,
    ...(asks ? { needs_approval: true } : {}),
  });
  deliberation.closeEscalations(task_id, 'edited', 'given-back');
  if (routing !== null) {
    if (routing.agent !== null) deliberation.closeEscalations(task_id, `routed to ${routing.agent}`, 'routing');
    tellUnroutable(deliberation, { ...after, routing });
  }
  if (unapproved || asks) {
    // What is asked is asked about what it is now.
    deliberation.closeEscalations(task_id, 'edited', 'approval');
    askApproval(deliberation, {
      ...after,
      ...addressed,
      needs_approval: true,
      routing: addressed.routing ?? task.routing,
    });
  }
}

function refuseClaimed(task: Task): void {
  if (task.status === 'pending') return;
  if (task.lease === null) throw finishedError(task);
  throw new CallerError(
    'already-claimed',
    `${task.task_id} is held by ${task.lease.agent}; only unclaimed tasks can be edited.`,
    advise`Tell the holder in a note: ${call('report_progress', { task_id: task.task_id })}.`,
  );
}

/** The fields that really change, checked like those of a new task. */
function changesTo({ state, context }: Deliberation, task: Task, given: TaskChanges = {}): Edited['changes'] {
  const { now, actor } = context;
  const { description, type, priority, context: more, not_before, deadline } = given;
  if (more !== undefined) checkContext(more);
  if (deadline !== undefined || not_before !== undefined) {
    checkTimes({ deadline: deadline ?? task.deadline, not_before: not_before ?? task.not_before }, now);
  }
  const dependencies = given.dependencies && checkDependencies(state, given.dependencies, 'dependencies');
  for (const id of dependencies ?? []) {
    const circle = id === task.task_id ? [id, id] : circleThrough(state, task.task_id, id);
    if (circle !== null) throw cycleError(circle);
  }
  const fields = {
    description: description === undefined ? undefined : checkDescription(description),
    type,
    priority,
    dependencies,
    context: more,
    not_before,
    deadline,
    paths: given.paths && checkPaths(given.paths, actor),
    uses: given.uses && checkUses(given.uses),
    checks: given.checks && checkChecks(given.checks, context.config.checks),
  };
  const subject =
    type === undefined && dependencies === undefined
      ? undefined
      : subjectOf(state, type ?? task.type, dependencies ?? task.dependencies);
  const changed = differences(task, { ...fields, subject });
  if (Object.keys(changed).length > 0) return changed;
  throw invalid(
    'changes',
    'expected at least one changed field, got none',
    'Give description, type, priority, dependencies, context, not_before, deadline, paths, uses or checks.',
  );
}

type Fields = { readonly [Field in keyof Edited['changes']]?: Edited['changes'][Field] | undefined };

function differences(task: Task, given: Fields): Edited['changes'] {
  const { description, type, priority, dependencies, context, not_before, deadline, paths, uses, checks, subject } =
    given;
  const isNew = (before: unknown, after: unknown): boolean =>
    after !== undefined && JSON.stringify(before) !== JSON.stringify(after);
  return {
    ...(description !== undefined && isNew(task.description, description) ? { description } : {}),
    ...(type !== undefined && isNew(task.type, type) ? { type } : {}),
    ...(priority !== undefined && isNew(task.priority, priority) ? { priority } : {}),
    ...(dependencies !== undefined && isNew(task.dependencies, dependencies) ? { dependencies } : {}),
    ...(context !== undefined && isNew(task.context, context) ? { context } : {}),
    ...(not_before !== undefined && isNew(task.not_before, not_before) ? { not_before } : {}),
    ...(deadline !== undefined && isNew(task.deadline, deadline) ? { deadline } : {}),
    ...(paths !== undefined && isNew(task.paths, paths) ? { paths } : {}),
    ...(uses !== undefined && isNew(task.uses, uses) ? { uses } : {}),
    ...(checks !== undefined && isNew(task.checks, checks) ? { checks } : {}),
    ...(subject !== undefined && isNew(task.subject, subject) ? { subject } : {}),
  };
}
