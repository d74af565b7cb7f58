/** Finding a task, and who may act on it. */
import { type Advice, advise, call } from '../advice.ts';
import type { Actor, DecisionContext } from '../commands.ts';
import { CallerError, OperatorError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task, TaskId } from './task.ts';
import { noSuchTask } from './task-id.ts';

/** @throws CallerError `not-found`; `wrong-state` for one that was archived. */
export function existing(state: FederationState, id: TaskId): Task {
  const task = state.tasks.get(id);
  if (task !== undefined) return task;
  const archived = state.archived.get(id);
  if (archived === undefined) throw noSuchTask(id);
  throw new CallerError(
    'wrong-state',
    `${id} is ${archived.status} and was archived.`,
    advise`Read it with ${call('get_task', { task_id: id })}; queue a new task if there is more to do.`,
  );
}

/**
 * The attempt that this process made last on this task: by session, or for the
 * command line (session null) by name.
 */
export function ownAttempt(task: Task, actor: Actor): number | null {
  for (let i = task.claims.length - 1; i >= 0; i--) {
    const claim = task.claims[i];
    if (claim?.agent === actor.name && claim.session === actor.session) return claim.attempt;
  }
  return null;
}

/** @throws CallerError unless this process holds the task now. */
export function heldByCaller(state: FederationState, id: TaskId, actor: Actor): Task {
  const task = existing(state, id);
  if (task.lease === null) {
    throw new CallerError(
      ownAttempt(task, actor) === null ? 'wrong-state' : 'stale-attempt',
      `${id} is ${task.status}; nobody holds it.`,
      task.status === 'pending'
        ? advise`Claim it first with ${call('claim_task', { task_id: id })}.`
        : advise`Read it with ${call('get_task', { task_id: id })}.`,
    );
  }
  if (task.lease.agent !== actor.name) {
    throw new CallerError('not-allowed', `${id} is held by ${task.lease.agent}.`, 'Only the holder can do this.');
  }
  if (task.lease.session !== actor.session) {
    const own = ownAttempt(task, actor);
    throw new CallerError(
      own === null ? 'already-claimed' : 'stale-attempt',
      `${id} is held by another process of ${actor.name} (attempt ${task.attempt}).`,
      'Leave it to that process; its claim expires if the process dies.',
    );
  }
  return task;
}

export function requirePerson(context: DecisionContext, what: string): void {
  if (context.actor.kind === 'person') return;
  throw new OperatorError(
    'not-allowed',
    `Only ${context.config.operator} can ${what}.`,
    howToAsk(context.config.operator),
  );
}

/** For an agent that needs what only the operator can do. */
export function howToAsk(operator: string): Advice {
  return advise`Ask ${operator} with ${call('queue_task', { to_agent: operator })}, or about a task you hold with ${call('report_progress')} and a question.`;
}

export function finishedError(task: Task): CallerError {
  return new CallerError(
    'wrong-state',
    `${task.task_id} is already ${task.status}.`,
    task.status === 'completed'
      ? advise`Read it with ${call('get_task', { task_id: task.task_id })}, or queue a new task.`
      : advise`Only the operator can requeue it. Queue a new task with ${call('queue_task')}.`,
  );
}
