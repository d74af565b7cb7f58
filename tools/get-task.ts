import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { findTask } from '../src/views/find-task.ts';
import { taskWithHistory } from '../src/views/task-views.ts';
import { taskId } from './arguments.ts';

export const getTask = defineTool({
  name: 'get_task',
  title: 'Show a task',
  description: 'Show one task in full with its result, reviews and history; archived ones too.',
  audience: 'agent',
  core: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ task_id: taskId }),
  async handle({ task_id }, { federation }) {
    const task = await findTask(federation, task_id);
    return { task: taskWithHistory(task), next: nextFor(task.status) };
  },
});

function nextFor(status: string): string {
  if (status === 'pending') return 'claim_task with this task_id takes it, once it is ready.';
  if (status === 'in-progress') return 'Its holder is at work; look again later.';
  return status === 'completed' ? 'review_task gives a verdict on it.' : 'The operator can requeue it.';
}
