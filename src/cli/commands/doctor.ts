import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Finding, Host } from '../host.ts';
import { Ended, exitCodeOf } from '../report-error.ts';
import { openSettings, show } from '../session.ts';
import { type AcceptLossOptions, acceptLossCommand } from './accept-loss.ts';
import { manyLines, paint, type Style, type Terminal } from '../terminal.ts';

const marks: Readonly<Record<Finding['status'], readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
};

export function addDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .summary('check that all is well')
    .description(
      'Checks the configuration, the store, the whole journal with every hash, and deliveries to the webhook. ' +
        'Changes nothing, unless --accept-loss says to. Exit code 0: no problem; 3: the store is damaged; else 1.',
    )
    .option('--accept-loss', 'show what a damaged or restored journal lost, and go on without it')
    .option('--yes', 'with --accept-loss: do not ask')
    .addHelpText('after', examples('fed doctor', 'fed doctor --json', 'fed doctor --accept-loss'))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AcceptLossOptions & { readonly acceptLoss?: boolean }>();
      if (options.acceptLoss === true) return await acceptLossCommand(host, openSettings(host, options), options);
      const checks = await host.examine(openSettings(host, options));
      const problems = checks.filter(({ status }) => status === 'problem');
      const [first] = problems;
      const next = first === undefined ? 'Nothing is to be mended.' : (first.next ?? 'See what is said above.');
      const result = { ok: first === undefined, checks, next };
      show(host, options.json === true, result, (terminal) =>
        checks.map((finding) => render(finding, terminal)).join('\n'),
      );
      if (first !== undefined) throw new Ended(Math.max(...problems.map(({ code }) => exitCodeOf(code ?? 'invalid'))));
    });
}

function render({ check, status, detail, next }: Finding, terminal: Terminal): string {
  const [mark, style] = marks[status];
  const advice = next === null ? '' : `\n  ${paint('→', 'dim', terminal)} ${manyLines(next)}`;
  return `${paint(mark, style, terminal)} ${check}: ${manyLines(detail)}${advice}`;
}
