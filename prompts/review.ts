import type { PromptDefinition } from '../src/define-tool.ts';
import { findTask } from '../src/views/find-task.ts';
import { present } from '../src/views/task-views.ts';

export const review: PromptDefinition = {
  name: 'review',
  title: 'Review finished work',
  description: 'Check work that another agent completed, and give a verdict.',
  arguments: [{ name: 'task_id', description: 'The work, not the review task', required: true, completes: 'tasks' }],
  render: async ({ task_id = '' }, { federation }) => {
    const task = await findTask(federation, task_id);
    const { result } = task;
    return [
      `Review ${task.task_id} (${task.status}), asked for by ${task.from_agent}:`,
      task.description,
      ...(result === null
        ? ['It has no result yet: there is nothing to review.']
        : [
            `Result: ${JSON.stringify(present({ by: result.by, summary: result.summary, artifacts: result.artifacts }))}`,
          ]),
      ...task.reviews.map(({ by, verdict, note }) => `Reviewed by ${by}: ${verdict}. ${note}`),
      'Judge the work against what was asked, not against how you would have done it.',
      '1. Read every artifact. Run what can be run.',
      '2. Does it do everything the description asks? What breaks at the edges, with bad input, or run twice at once?',
      '3. Are there tests that would fail if it were wrong? Did anything change that was not asked for?',
      '4. Call review_task once: accept, with what is good about it; or rework, with each thing that must change and how to check it. Taste is no reason for rework.',
      'Nobody reviews their own work.',
    ].join('\n');
  },
};
