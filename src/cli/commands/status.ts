import { z } from 'zod';
import { startSession } from '../../../tools/start-session.ts';
import { statusOf } from '../../views/queue-views.ts';
import { sessionCommand, toolCommand } from '../command.ts';
import { renderSession, renderStatus } from '../render/render-status.ts';

export const status = sessionCommand({
  path: 'status',
  about: 'where things stand',
  more: 'What is open, held and waiting, and whether the federation is paused.',
  input: z.strictObject({}),
  examples: ['fed status', 'fed status --json'],
  do: (_input, { federation }) => ({ ...statusOf(federation), next: '' }),
  render: renderStatus,
});

export const start = toolCommand('start', startSession, renderSession, {
  about: 'what an agent sees at the start of a session',
  more: 'Who you are, what is ready, what you hold, and what others did since you last looked.',
  examples: ['fed start --as kimi'],
});
