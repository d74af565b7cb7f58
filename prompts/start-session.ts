import type { PromptDefinition } from '../src/define-tool.ts';

export const startSession: PromptDefinition = {
  name: 'start-session',
  title: 'Start a session',
  description: 'Look at where things stand and take up work.',
  arguments: [],
  render: async (_args, { federation }) => {
    const { operator } = federation.config;
    return [
      'You work in a federation of agents that share one task queue.',
      '1. Call start_session. It says who you are here, what you hold and what is ready for you.',
      '2. If you hold a task, go on with it. Otherwise call claim_task.',
      '3. Read the inputs: they are what earlier tasks produced.',
      '4. Do the work. For long work call report_progress now and then.',
      '5. Call complete_task with a summary the next agent can build on, and name the files. A review ends with a verdict instead: review_task on the work.',
      '6. What should happen next but is not yours, hand over with queue_task; do not ask a person to carry it.',
      '7. Claim again until nothing is ready.',
      `Ask ${operator} only what no agent can settle.`,
    ].join('\n');
  },
};
