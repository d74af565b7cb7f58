import type { PromptDefinition } from '../src/define-tool.ts';

export const startSession: PromptDefinition = {
  name: 'start-session',
  title: 'Start a session',
  description: 'See where things stand and start work.',
  arguments: [],
  render: async (_args, { federation }) => {
    const { operator } = federation.config;
    return [
      'You work in a federation of agents that share one task queue.',
      '1. Call start_session. It tells you who you are here, what you hold and what is ready for you.',
      '2. If you hold a task, continue it. Otherwise call claim_task.',
      '3. Read the inputs: what earlier tasks produced.',
      '4. Do the work. If it takes long, call report_progress now and then.',
      '5. Call complete_task with a summary the next agent can build on, and name the files. End a review with review_task on the work instead.',
      '6. Hand over follow-up work with queue_task; do not ask a person to relay it.',
      '7. Claim again until nothing is ready.',
      `Ask ${operator} only what no agent can settle: with question in report_progress or release_task.`,
    ].join('\n');
  },
};
