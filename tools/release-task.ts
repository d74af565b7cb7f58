import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { briefTask } from '../src/views/task-views.ts';
import { whatNext } from '../src/views/what-next.ts';
import { addressee, dependencyIds, note, shortNote, taskId } from './arguments.ts';

export const releaseTask = defineTool({
  name: 'release_task',
  title: 'Release a task',
  description:
    'Give back a task you hold: not for you (to_agent addresses it to another agent) or not now (wait_for: it returns once those tasks or votes are settled). Uses no attempt. If you tried and it did not work, use complete_task with failure.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    task_id: taskId,
    reason: note,
    question: shortNote.optional().describe('To the operator; the task waits for the answer'),
    to_agent: addressee.optional().describe('An agent or auto'),
    wait_for: dependencyIds.optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task } = await federation.execute('release_task', input, caller);
    return { task: briefTask(federation.state(), task), next: whatNext(federation, caller) };
  },
});
