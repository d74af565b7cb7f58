import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call, nothingMore, sentences } from '../src/domain/advice.ts';
import type { Actor } from '../src/domain/commands.ts';
import { listed } from '../src/domain/phrases.ts';
import type { Task } from '../src/domain/tasks/task.ts';
import type { Federation } from '../src/federation.ts';
import { briefTask, timesOf } from '../src/views/task-views.ts';
import { whatHappensTo, whatIsLeftOf } from '../src/views/what-happens.ts';
import { addressee, note, taskChanges, taskId } from './arguments.ts';

export const overrideTask = defineTool({
  name: 'override_task',
  title: 'Overrule a task',
  description:
    'Approve, reassign, requeue, cancel or complete any task, whoever holds it, or edit one that nobody has claimed. Its holder is told on its next call. Returns the task and what was unblocked.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: false },
  input: z.strictObject({
    task_id: taskId,
    action: z.enum(['approve', 'reassign', 'requeue', 'cancel', 'complete', 'edit']),
    to_agent: addressee.optional().describe('For reassign: an agent, or auto'),
    changes: taskChanges.optional(),
    reason: note.optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task, unblocked } = await federation.execute('override_task', input, caller);
    const next =
      input.to_agent === 'auto' && task.to_agent === null
        ? advise`No agent that may do ${task.task_id} is available; it is in your inbox: ${call('list_inbox')}.`
        : whatFollows(federation, task, unblocked, caller);
    return { task: briefTask(federation.state(), task), ...timesOf(task), unblocked, next };
  },
});

function whatFollows(federation: Federation, task: Task, unblocked: readonly string[], caller: Actor): Advice {
  switch (task.status) {
    case 'pending':
      return whatHappensTo(federation, task, caller);
    case 'cancelled':
      return whatIsLeftOf(federation, task.task_id, [], caller);
    case 'in-progress':
      return `${task.lease?.agent ?? 'Its holder'} is told on its next call.`;
    case 'completed':
    case 'failed':
      return unblocked.length === 0 ? nothingMore : sentences(`Now ready: ${listed(unblocked)}.`);
  }
}
