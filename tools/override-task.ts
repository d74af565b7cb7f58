import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { briefTask, timesOf } from '../src/views/task-views.ts';
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
    const { task, unblocked } = await federation.execute('override_task', input, actor());
    const next =
      input.to_agent === 'auto' && task.to_agent === null
        ? advise`No agent that may do ${task.task_id} is available; it is in your inbox: ${call('list_inbox')}.`
        : advise`${task.task_id} is ${task.status}; ${call('get_task', { task_id: task.task_id })} shows its history.`;
    return { task: briefTask(federation.state(), task), ...timesOf(task), unblocked, next };
  },
});
