import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { sentences } from '../src/domain/advice.ts';
import { briefTask } from '../src/views/task-views.ts';
import { whatNext } from '../src/views/what-next.ts';
import { note, taskId } from './arguments.ts';

export const reviewTask = defineTool({
  name: 'review_task',
  title: 'Review finished work',
  description:
    "Give a verdict on another agent's completed task. accept, or rework: queues it again for the agent that did it, with your note; dependents wait for that. Also completes the review task you hold.",
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    task_id: taskId.describe('The work, not the review task'),
    verdict: z.enum(['accept', 'rework']),
    note: note.describe('What is good, or what must change'),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task, rework, escalated } = await federation.execute('review_task', input, caller);
    return {
      task: briefTask(federation.state(), task),
      ...(rework === null ? {} : { rework: briefTask(federation.state(), rework) }),
      next: sentences(
        escalated ? `Sent back too often: ${federation.config.operator} decides whether to try again.` : '',
        whatNext(federation, caller),
      ),
    };
  },
});
