import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { sentences } from '../src/domain/advice.ts';
import { briefTask } from '../src/views/task-views.ts';
import { goOn } from '../src/views/what-next.ts';
import { note, taskId } from './arguments.ts';
import { whatIsLeftOf } from '../src/views/what-happens.ts';

export const cancelTask = defineTool({
  name: 'cancel_task',
  title: 'Cancel a task',
  description:
    'Cancel a task you queued that is no longer needed. Its on_failure applies to dependents: block, cancel or continue.',
  audience: 'agent',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: false },
  input: z.strictObject({ task_id: taskId, reason: note }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task, cancelled } = await federation.execute('cancel_task', input, caller);
    const others = cancelled.filter((id) => id !== task.task_id);
    return {
      task: briefTask(federation.state(), task),
      ...(others.length === 0 ? {} : { cancelled: others }),
      next: sentences(whatIsLeftOf(federation, task.task_id, others, caller), goOn(federation, caller)),
    };
  },
});
