import type { ResourceDefinition } from '../src/define-tool.ts';
import { findTask } from '../src/views/find-task.ts';
import { taskInContext } from '../src/views/task-in-context.ts';

export const task: ResourceDefinition = {
  uri: 'federation://tasks/{task_id}',
  name: 'task',
  title: 'One task',
  description: 'A task in full with its result, reviews and history.',
  mimeType: 'application/json',
  completes: { variable: 'task_id', from: 'tasks' },
  read: async ({ task_id = '' }, federation) => taskInContext(federation, await findTask(federation, task_id)),
  changedBy: ({ tasks }) => [...tasks].map((id) => `federation://tasks/${id}`),
};
