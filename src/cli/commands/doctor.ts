import { z } from 'zod';
import { acceptLoss } from '../accept-loss.ts';
import { command } from '../command.ts';
import type { Finding } from '../host.ts';
import { Ended, exitCodeOf } from '../report-error.ts';
import { openSettings, show } from '../session.ts';
import { manyLines, paint, type Style, type Terminal } from '../terminal.ts';

const marks: Readonly<Record<Finding['status'], readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
};

export const doctor = command({
  path: 'doctor',
  about: 'check that everything works',
  more:
    'Checks the configuration, the store, the whole journal with every hash, and deliveries to the webhook. ' +
    'Changes nothing without --accept-loss. Exit code 0: no problems, 3: the store is damaged, 1: anything else.',
  input: z.strictObject({ accept_loss: z.boolean().default(false) }),
  options: [['--accept-loss', 'accept_loss', 'show what a damaged or restored journal lost, and continue without it']],
  writesFiles: ({ accept_loss }) => accept_loss === true,
  examples: ['fed doctor', 'fed doctor --json', 'fed doctor --accept-loss'],
  run: async ({ accept_loss }, context) => {
    if (accept_loss) return await acceptLoss(context);
    const checks = await context.host.examine(openSettings(context));
    const problems = checks.filter(({ status }) => status === 'problem');
    const [first] = problems;
    const next = first === undefined ? 'No problems found.' : (first.next ?? 'Fix the problems above.');
    show(context, { ok: first === undefined, checks, next }, (terminal) =>
      checks.map((finding) => render(finding, terminal)).join('\n'),
    );
    if (first !== undefined) throw new Ended(Math.max(...problems.map(({ code }) => exitCodeOf(code ?? 'invalid'))));
  },
});

function render({ check, status, detail, next }: Finding, terminal: Terminal): string {
  const [mark, style] = marks[status];
  const advice = next === null ? '' : `\n  ${paint('→', 'dim', terminal)} ${manyLines(next)}`;
  return `${paint(mark, style, terminal)} ${check}: ${manyLines(detail)}${advice}`;
}
