import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { findTask } from '../src/views/find-task.ts';
import { nextAbout } from '../src/views/next-about.ts';
import { taskInContext } from '../src/views/task-in-context.ts';
import { taskId } from './arguments.ts';

export const getTask = defineTool({
  name: 'get_task',
  title: 'Show a task',
  description: 'Show one task in full with its result, reviews and history, even if archived.',
  audience: 'agent',
  core: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ task_id: taskId }),
  async handle({ task_id }, { federation, reader }) {
    const task = await findTask(federation, task_id);
    return { task: taskInContext(federation, task), next: nextAbout(federation, task, reader()) };
  },
});
