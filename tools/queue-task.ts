import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { whyNotReady } from '../src/domain/tasks/why-not-ready.ts';
import { unknownType } from '../src/domain/tasks/unknown-type.ts';
import type { Task } from '../src/domain/tasks/task.ts';
import type { Federation } from '../src/federation.ts';
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
    return {
      task: briefTask(federation.state(), task),
      ...(task.routing === null ? {} : { routing: briefRouting(task.routing) }),
      ...(duplicate_of === null ? {} : { duplicate_of }),
      next: sentences(
        duplicate_of === null
          ? whoTakes(task, federation, caller.name)
          : advise`Already in the queue (${task.status}); follow it with ${call('get_task', { task_id: task.task_id })}.`,
        aboutType(unknownType(federation.config, task.type)),
        duplicate_of === null ? afterQueueing(federation, caller, [task]) : '',
      ),
    };
  },
});

/** Who will do it, and when, as far as can be known. */
function whoTakes(task: Task, federation: Federation, caller: string): string {
  const { to_agent, status } = task;
  const why = whyNotReady(federation.state(), task, federation.now());
  const state = status !== 'pending' ? status : why === null ? 'ready' : `not ready: ${why}`;
  if (to_agent === null) {
    const isDone = unknownType(federation.config, task.type) === null;
    const who = task.type === null ? 'Any agent' : 'Any agent that does its type';
    return isDone ? `${who} will claim it (${state}).` : `It waits (${state}).`;
  }
  const [unseen] = notSeen(federation, [to_agent]);
  if (unseen !== undefined) {
    return `It waits: ${unseen} was not seen yet (${state}). The operator can start ${unseen} or reassign it.`;
  }
  return to_agent === caller ? `It is yours to claim (${state}).` : `${to_agent} will claim it (${state}).`;
}
