import { z } from 'zod';
import { pauseFederation } from '../../../tools/pause-federation.ts';
import { resumeFederation } from '../../../tools/resume-federation.ts';
import { switchScheduling } from '../../../tools/switch-scheduling.ts';
import { taskId } from '../../../tools/arguments.ts';
import { advise, call } from '../../domain/advice.ts';
import { dryRun, scheduleView } from '../../views/schedule-view.ts';
import { callTool, command, type CommandRow, sessionCommand, toolCommand } from '../command.ts';
import { plural } from '../../domain/phrases.ts';
import { type Session, withSession } from '../session.ts';
import { renderDryRun, renderPaused, renderResumed, renderSchedule } from '../render/render-switches.ts';

export const pause = command({
  path: 'pause',
  stands: pauseFederation.name,
  about: 'stop claims, rules and retries',
  more:
    'Nothing is claimed until fed resume. Queueing, notes, release and completion continue. Runs of fed work finish, ' +
    'unless --hard ends them; on a terminal it pauses first and then asks.',
  input: pauseFederation.input,
  arguments: [['[reason...]', 'reason', 'why; everyone sees it']],
  options: [['--hard', 'hard', 'end the runs of fed work too; their tasks are released']],
  examples: ['fed pause', 'fed pause "release freeze until Monday"', 'fed pause --hard'],
  run: (input, context) =>
    // Stopping everything must not depend on a file that somebody has just broken.
    withSession(
      context,
      async (session) => {
        const paused = await callTool(pauseFederation, input, session);
        const asks = paused.runs > 0 && input.hard !== true && context.host.interactive && !session.json;
        const answer = asks ? await context.host.ask(`Paused. End ${plural(paused.runs, 'run')} now? [y/N] `) : '';
        const isHard = /^y(?:es)?$/i.test(answer.trim());
        const output = isHard ? await callTool(pauseFederation, { ...input, hard: true }, session) : paused;
        session.show(output, (terminal) => renderPaused(output, terminal));
      },
      { evenIfBroken: true },
    ),
});

export const resume = toolCommand('resume', resumeFederation, renderResumed, {
  about: 'end a pause',
  more: 'Follow-ups that rules kept meanwhile are released, dropped, or put in the inbox.',
  options: [['--release <which>', 'release', 'what to do with kept follow-ups']],
  examples: ['fed resume', 'fed resume --release all'],
  // To queue what was kept takes the roster, which only a sound file gives.
  evenIfBroken: ({ release }) => release !== 'all',
});

const rules = {
  input: z.strictObject({}),
  do: (_input: unknown, { federation }: Pick<Session, 'federation'>) => ({
    ...scheduleView(federation.state(), federation.config),
    next: advise`Switch it with ${call('switch_scheduling', { on: true })} or off.`,
  }),
  render: renderSchedule,
};

export const scheduleCommands: readonly CommandRow[] = [
  sessionCommand({
    ...rules,
    path: 'schedule',
    about: 'rules that queue follow-ups when a task finishes',
    more: 'Shows whether automatic scheduling is on, and its rules. They are set in .federation/config.json.',
    examples: ['fed schedule', 'fed schedule off', 'fed schedule test task-2026-02-06-001'],
  }),
  toolCommand('schedule on', switchScheduling, renderSchedule, {
    fixed: { on: true },
    about: 'let rules queue follow-ups',
    examples: ['fed schedule on'],
  }),
  toolCommand('schedule off', switchScheduling, renderSchedule, {
    fixed: { on: false },
    about: 'stop the rules; nothing is kept for later',
    examples: ['fed schedule off'],
  }),
  sessionCommand({
    ...rules,
    path: 'schedule rules',
    about: 'the rules in force',
    examples: ['fed schedule rules', 'fed schedule rules --json'],
  }),
  sessionCommand({
    path: 'schedule test',
    about: 'try the rules against a finished task',
    more: 'Which rules the task would fire now, and what they would queue. Changes nothing.',
    input: z.strictObject({ task_id: taskId }),
    arguments: [['<task>', 'task_id', 'id of the task']],
    examples: ['fed schedule test task-2026-02-06-001'],
    do: async ({ task_id }, { federation }) => ({
      ...(await dryRun(federation, task_id)),
      next: 'Nothing was changed.',
    }),
    render: renderDryRun,
  }),
];
