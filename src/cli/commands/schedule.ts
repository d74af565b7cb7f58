import type { Command } from 'commander';
import { dryRun, type ScheduleView, scheduleView } from '../../views/schedule-view.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';
import { type Column, renderTable } from '../table.ts';

type RuleInWords = ScheduleView['rules'][number];

const ruleColumns: readonly Column<RuleInWords>[] = [
  { title: 'RULE', value: ({ name }) => name },
  { title: 'WHEN', value: ({ when }) => when },
  { title: 'THEN', value: ({ then }) => then },
];

export function addSchedule(program: Command, host: Host): void {
  const schedule = program
    .command('schedule')
    .summary('what is queued by itself when a task finishes')
    .description('Rules queue follow-ups when a task finishes. They stand in .federation/config.json.')
    .addHelpText('after', examples('fed schedule', 'fed schedule off', 'fed schedule test task-2026-02-06-001'))
    .action(async (_options: unknown, command: Command) => show(command));

  const show = (command: Command): Promise<void> =>
    withSession(host, command, async (session) => {
      const { rules, ...rest } = scheduleView(session.federation.state(), session.federation.config);
      const result = { ...rest, rules, next: 'Switch it with fed schedule on or off.' };
      session.show(
        result,
        (terminal) => `${renderAny(rest, terminal)}\n\n${renderTable(rules, ruleColumns, terminal)}`,
      );
    });

  for (const on of [true, false]) {
    schedule
      .command(on ? 'on' : 'off')
      .summary(on ? 'let rules queue follow-ups' : 'queue nothing by itself; keeps nothing for later')
      .addHelpText('after', examples(`fed schedule ${on ? 'on' : 'off'}`))
      .action(async (_options: unknown, command: Command) =>
        withSession(host, command, async (session) => {
          const result = await session.call('switch_scheduling', { on });
          session.show(result, (terminal) => renderAny(result, terminal));
        }),
      );
  }

  schedule
    .command('rules')
    .summary('the rules in force')
    .addHelpText('after', examples('fed schedule rules', 'fed schedule rules --json'))
    .action(async (_options: unknown, command: Command) => show(command));

  schedule
    .command('test')
    .summary('try the rules against a finished task')
    .description('Which rules the task would fire now, and what they would queue. Changes nothing.')
    .argument('<task>', 'its id')
    .addHelpText('after', examples('fed schedule test task-2026-02-06-001'))
    .action(async (taskId: string, _options: unknown, command: Command) =>
      withSession(host, command, async (session) => {
        const result = { ...(await dryRun(session.federation, taskId)), next: 'Nothing was changed.' };
        session.show(result, (terminal) => renderAny(result, terminal));
      }),
    );
}
