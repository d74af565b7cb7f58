import { z } from 'zod';
import { acceptLoss } from '../accept-loss.ts';
import { command } from '../command.ts';
import type { Finding } from '../host.ts';
import { fixAll } from '../fix-findings.ts';
import { tryDisk } from '../try-disk.ts';
import { Ended, exitCodeOf, UsageError } from '../report-error.ts';
import { openSettings, show } from '../session.ts';
import { manyLines, paint, type Style, type Terminal } from '../terminal.ts';

const marks: Readonly<Record<Finding['status'], readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
};

const defaultSeconds = 30;
/** `--stress` alone. */
const withoutValue = (given: unknown): unknown => (given === true ? defaultSeconds : given);

export const doctor = command({
  path: 'doctor',
  about: 'check that everything works',
  more:
    'Checks the machine, the configuration, the whole journal with every hash, what follows from it, work that is ' +
    'stuck, clients and programs. Changes nothing without --fix or --accept-loss. ' +
    'Exit code 0: no problems, 3: the store is damaged, 1: anything else.',
  input: z.strictObject({
    accept_loss: z.boolean().default(false),
    fix: z.boolean().default(false),
    stress: z.preprocess(withoutValue, z.coerce.number().int().min(1).max(86_400).optional()),
    report: z.string().min(1).optional(),
  }),
  options: [
    ['--fix', 'fix', 'fix what can be fixed without losing anything'],
    ['--accept-loss', 'accept_loss', 'show what a damaged or restored journal lost, and continue without it'],
    [
      '--stress [seconds]',
      'stress',
      'try the disk, in a folder of its own: processes append and are killed, then everything is counted; default 30',
    ],
    ['--report <file>', 'report', 'for --stress: also write the report to this file'],
  ],
  exclusive: [['--fix', '--accept-loss', '--stress']],
  writesFiles: ({ accept_loss, fix }) => accept_loss === true || fix === true,
  examples: [
    'fed doctor',
    'fed doctor --fix',
    'fed doctor --json',
    'fed doctor --accept-loss',
    'fed doctor --stress 60',
  ],
  run: async ({ accept_loss, fix, stress, report }, context) => {
    if (accept_loss) return await acceptLoss(context);
    if (stress !== undefined) return await tryDisk(context, stress, report);
    if (report !== undefined) throw new UsageError('--report is for --stress', 'Add --stress, or redirect the output.');
    const settings = openSettings(context);
    const found = await context.host.examine(settings);
    const fixed = fix ? await fixAll(context.host, settings, found) : [];
    const checks = fixed.length === 0 ? found : await context.host.examine(settings);
    const problems = checks.filter(({ status }) => status === 'problem');
    const [first] = problems;
    const next = first === undefined ? 'No problems found.' : (first.next ?? 'Fix the problems above.');
    show(context, { ok: first === undefined, checks, ...(fix ? { fixed } : {}), next }, (terminal) =>
      [...fixed.map((what) => `Fixed: ${manyLines(what)}`), ...checks.map((finding) => render(finding, terminal))].join(
        '\n',
      ),
    );
    if (first !== undefined) throw new Ended(Math.max(...problems.map(({ code }) => exitCodeOf(code ?? 'invalid'))));
  },
});

function render({ check, status, detail, next }: Finding, terminal: Terminal): string {
  const [mark, style] = marks[status];
  const advice = next === null ? '' : `\n  ${paint('→', 'dim', terminal)} ${manyLines(next)}`;
  return `${paint(mark, style, terminal)} ${check}: ${manyLines(detail)}${advice}`;
}

/** Started by `fed doctor --stress`, not by people. */
export const stressWorker = command({
  path: 'stress-worker',
  about: 'one process of fed doctor --stress',
  hidden: true,
  input: z.strictObject({ order: z.string() }),
  arguments: [['<order>', 'order', 'what to do, as JSON']],
  examples: [],
  run: async ({ order }, { host }) => await host.stressWorker(order, host.signal),
});
