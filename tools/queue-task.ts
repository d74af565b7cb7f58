import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { findTask } from '../src/views/find-task.ts';
import { briefRouting, briefTask, timesOf } from '../src/views/task-views.ts';
import { afterQueueing } from '../src/views/what-next.ts';
import { whatHappensTo } from '../src/views/what-happens.ts';
import { idempotencyKey, taskRequest } from './arguments.ts';

export const queueTask = defineTool({
  name: 'queue_task',
  title: 'Queue a task',
  description:
    'Queue one unit of work for another agent or for anyone. Use it to hand work over instead of asking a person to relay it. Returns the task; an identical open task is returned as duplicate_of instead.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ ...taskRequest, idempotency_key: idempotencyKey.optional() }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task_id, duplicate_of, ...queued } = await federation.execute('queue_task', input, caller);
    // A repeated request may be about a task that has left the state.
    const task = queued.task ?? (await findTask(federation, task_id));
    return {
      task: briefTask(federation.state(), task),
      ...timesOf(task),
      ...(task.routing === null ? {} : { routing: briefRouting(task.routing) }),
      ...(duplicate_of === null ? {} : { duplicate_of }),
      next:
        duplicate_of === null && task.status === 'pending'
          ? sentences(whatHappensTo(federation, task, caller), afterQueueing(federation, caller, [task]))
          : advise`Already in the queue (${task.status}); follow it with ${call('get_task', { task_id })}.`,
    };
  },
});
