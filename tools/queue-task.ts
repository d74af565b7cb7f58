import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { whyNotReady } from '../src/domain/tasks/claim-task.ts';
import { isReady } from '../src/domain/tasks/readiness.ts';
import { notSeen } from '../src/views/queue-views.ts';
import { briefRouting, briefTask } from '../src/views/task-views.ts';
import { idempotencyKey, taskRequest } from './arguments.ts';

export const queueTask = defineTool({
  name: 'queue_task',
  title: 'Queue a task',
  description:
    'Queue one unit of work for another agent, or for whoever fits. Use it to hand work over instead of asking a person to carry it. Gives the task; an open twin is returned as duplicate_of instead of queueing it twice.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ ...taskRequest, idempotency_key: idempotencyKey.optional() }),
  async handle(input, { federation, actor }) {
    const { task, duplicate_of } = await federation.execute('queue_task', input, actor());
    const who = task.to_agent ?? 'whoever fits';
    const [unseen] = notSeen(federation, task.to_agent === null ? [] : [task.to_agent]);
    const state = isReady(task) ? 'ready' : task.status === 'pending' ? `not ready: ${whyNotReady(task)}` : task.status;
    return {
      task: briefTask(task),
      ...(task.routing === null ? {} : { routing: briefRouting(task.routing) }),
      ...(duplicate_of === null ? {} : { duplicate_of }),
      next:
        duplicate_of === null
          ? unseen === undefined
            ? `Nothing more to do: ${who} will claim it (${state}).`
            : `It waits: ${unseen} was not seen yet (${state}). If it should be done soon, the operator can start ${unseen} or reassign it.`
          : advise`The same work is in the queue already (${task.status}); follow it with ${call('get_task', { task_id: task.task_id })}.`,
    };
  },
});
