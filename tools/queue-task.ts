import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { whyNotReady } from '../src/domain/tasks/why-not-ready.ts';
import { unknownType } from '../src/domain/tasks/unknown-type.ts';
import { findTask } from '../src/views/find-task.ts';
import { aboutType, notSeen } from '../src/views/queue-views.ts';
import { afterQueueing } from '../src/views/what-next.ts';
import { briefRouting, briefTask } from '../src/views/task-views.ts';
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
    const who = task.to_agent ?? 'any agent that does its type';
    const [unseen] = notSeen(federation, task.to_agent === null ? [] : [task.to_agent]);
    const why = whyNotReady(federation.state(), task, federation.now());
    const state = task.status !== 'pending' ? task.status : why === null ? 'ready' : `not ready: ${why}`;
    return {
      task: briefTask(federation.state(), task),
      ...(task.routing === null ? {} : { routing: briefRouting(task.routing) }),
      ...(duplicate_of === null ? {} : { duplicate_of }),
      next: sentences(
        duplicate_of === null
          ? unseen === undefined
            ? who === caller.name
              ? `It is yours to claim (${state}).`
              : `${who} will claim it (${state}).`
            : `It waits: ${unseen} was not seen yet (${state}). The operator can start ${unseen} or reassign it.`
          : advise`Already in the queue (${task.status}); follow it with ${call('get_task', { task_id: task.task_id })}.`,
        aboutType(unknownType(federation.config, task.type)),
        duplicate_of === null ? afterQueueing(federation, caller, [task]) : '',
      ),
    };
  },
});
