import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise } from '../src/domain/advice.ts';
import { briefTask, endOf } from '../src/views/task-views.ts';
import { note, taskId } from './arguments.ts';

export const reportProgress = defineTool({
  name: 'report_progress',
  title: 'Report progress',
  description: 'Report progress on a task you hold, or ask for more time. Only for long work.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    task_id: taskId,
    note: note.optional(),
    progress: z.number().min(0).max(1).optional(),
    extend_minutes: z.number().min(1).max(1440).optional().describe('How much longer to hold it'),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task } = await federation.execute('report_progress', input, caller);
    return {
      task: briefTask(task),
      ...(task.lease === null ? {} : { hold_until: task.lease.hold_until }),
      next: advise`Carry on, then ${endOf(federation.state(), task, caller.name)}.`,
    };
  },
});
