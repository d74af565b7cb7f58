/** What whoever reads about a task can do with it now. */
import { type Advice, advise, call } from '../domain/advice.ts';
import type { Actor } from '../domain/commands.ts';
import { whyNotReady } from '../domain/tasks/why-not-ready.ts';
import { fitOf, fits } from '../domain/tasks/fit.ts';
import { reworkOf, workerOf } from '../domain/tasks/subject.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { endOf } from './task-views.ts';

/** `reader`: null where nobody is known to read. */
export function nextAbout(federation: Federation, task: Task, reader: Actor | null): Advice {
  const { task_id } = task;
  const isPerson = reader?.kind === 'person';
  switch (task.status) {
    case 'pending':
      return pending(federation, task, reader);
    case 'in-progress':
      if (reader === null || task.lease?.agent !== reader.name)
        return `${task.lease?.agent ?? 'Its holder'} is at work on it.`;
      return task.lease.session === reader.session
        ? advise`It is yours: ${endOf(federation.state(), task, reader.name)}.`
        : `Another of your processes is at work on it (attempt ${task.attempt}).`;
    case 'completed': {
      const rework = reworkOf(federation.state(), task_id);
      if (rework !== undefined) return advise`It was sent back; see ${call('get_task', { task_id: rework.task_id })}.`;
      return reader === null || workerOf(task) === reader.name || task.reviews.length > 0
        ? 'It is done.'
        : advise`It is done; ${call('review_task', { task_id })} gives a verdict on it.`;
    }
    case 'failed':
    case 'cancelled':
      return isPerson
        ? advise`${call('override_task', { task_id, action: 'requeue' })} puts it back in the queue.`
        : 'The operator can put it back in the queue.';
  }
}

function pending(federation: Federation, task: Task, reader: Actor | null): Advice {
  const { task_id } = task;
  const state = federation.state();
  const why = whyNotReady(state, task, federation.now());
  if (why !== null) {
    const waits = task.needs_approval && task.approved_by === null;
    return waits && reader?.kind === 'person'
      ? advise`${call('override_task', { task_id, action: 'approve' })} approves it.`
      : `It is not ready: ${why}.`;
  }
  if (state.meta.paused !== null) return 'It is ready, but the federation is paused.';
  return reader?.kind === 'agent' && fits(task, fitOf(state, federation.attendance(), reader.name))
    ? advise`Take it with ${call('claim_task', { task_id })}.`
    : `It is ready for ${task.to_agent ?? 'anyone'}.`;
}
