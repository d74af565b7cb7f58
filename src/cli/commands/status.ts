import { z } from 'zod';
import { startSession } from '../../../tools/start-session.ts';
import { overviewOf, worthDoing } from '../../views/overview.ts';
import { sessionCommand, toolCommand } from '../command.ts';
import { renderSession } from '../render/render-session.ts';
import { renderStatus } from '../render/render-status.ts';

export const status = sessionCommand({
  path: 'status',
  about: 'where things stand',
  more: 'What needs you, work in progress, agents and open votes; the last line says what to do next.',
  input: z.strictObject({}),
  examples: ['fed status', 'fed status --json'],
  do: (_input, { federation }) => {
    const overview = overviewOf(federation);
    return { ...overview, next: worthDoing(federation, overview) };
  },
  render: renderStatus,
});

export const start = toolCommand('start', startSession, renderSession, {
  about: 'what an agent sees at the start of a session',
  more: 'Who you are, what is ready, what you hold, and what others did since your last session.',
  examples: ['fed start --as kimi'],
});
