import { type Command, Option } from 'commander';
import {
  exportCsv,
  exportFormats,
  type ExportFormat,
  exportJson,
  exportPrometheus,
} from '../../views/metrics-export.ts';
import { agentMetrics, pairMetrics, typeMetrics } from '../../views/metrics-of-one.ts';
import { dashboardView, type MetricsSource, targetsView } from '../../views/metrics-view.ts';
import { optimizationView } from '../../views/optimization-view.ts';
import { examples, parseNumber } from '../arguments.ts';
import type { Host } from '../host.ts';
import {
  renderAgentMetrics,
  renderDashboard,
  renderOptimization,
  renderPair,
  renderTargets,
  renderTypeMetrics,
} from '../render/render-metrics.ts';
import { UsageError } from '../report-error.ts';
import { type Session, withSession } from '../session.ts';
import type { Terminal } from '../terminal.ts';

interface RecordOptions {
  readonly agent: string;
  readonly type: string;
  readonly success?: boolean;
  readonly failure?: boolean;
  readonly rework?: boolean;
  readonly description?: string;
  readonly minutes?: number;
}

interface OptimizeOptions {
  readonly dryRun?: boolean;
  readonly apply?: boolean;
  readonly revert?: boolean;
}

export function addAnalytics(program: Command, host: Host): void {
  const analytics = program
    .command('analytics')
    .summary('how work goes: targets, agents, types, routing')
    .description('What was counted, as a dashboard or one part of it; and what follows from it for routing.')
    .addHelpText('after', examples('fed analytics', 'fed analytics agent kimi', 'fed analytics optimize --dry-run'))
    .action(async (_options: unknown, command: Command) => showDashboard(command));

  const show = (
    command: Command,
    args: Readonly<Record<string, unknown>>,
    render: (source: MetricsSource, terminal: Terminal) => string,
  ): Promise<void> =>
    withSession(host, command, async (session) => {
      const result = await session.call('get_metrics', args);
      session.show(result, (terminal) => render(sourceOf(session), terminal));
    });
  const showDashboard = (command: Command): Promise<void> =>
    show(command, {}, (source, terminal) => renderDashboard(dashboardView(source), terminal));

  analytics
    .command('dashboard')
    .summary('everything on one page')
    .addHelpText('after', examples('fed analytics dashboard', 'fed analytics dashboard --json'))
    .action(async (_options: unknown, command: Command) => showDashboard(command));

  analytics
    .command('agent')
    .summary('one agent: by type, hand-offs, availability, calibration')
    .argument('<name>', 'the agent')
    .addHelpText('after', examples('fed analytics agent kimi'))
    .action(async (agent: string, _options: unknown, command: Command) =>
      show(command, { agent }, (source, terminal) => renderAgentMetrics(agentMetrics(source, agent), terminal)),
    );

  analytics
    .command('task-type')
    .summary('one type across agents, the surest first')
    .argument('<type>', 'the type')
    .addHelpText('after', examples('fed analytics task-type implementation'))
    .action(async (type: string, _options: unknown, command: Command) =>
      show(command, { type }, (source, terminal) => renderTypeMetrics(typeMetrics(source, type), terminal)),
    );

  analytics
    .command('targets')
    .summary('the five targets over the last 7 days')
    .addHelpText('after', examples('fed analytics targets'))
    .action(async (_options: unknown, command: Command) =>
      show(command, { view: 'targets' }, (source, terminal) => renderTargets(targetsView(source).targets, terminal)),
    );

  addRecord(analytics, host);
  addOptimize(analytics, host);

  analytics
    .command('export')
    .summary('everything that was counted, for other programs')
    .description(
      'Prints all of it as JSON; a line for each agent and type as CSV; or the text that Prometheus scrapes.',
    )
    .addOption(new Option('--format <format>', 'of what is printed').choices(exportFormats).default('json'))
    .addHelpText(
      'after',
      examples(
        'fed analytics export > metrics.json',
        'fed analytics export --format csv',
        'fed analytics export --format prometheus',
      ),
    )
    .action(async ({ format }: { format: ExportFormat }, command: Command) =>
      withSession(host, command, async (session) =>
        host.out(exported(sourceOf(session), session.json ? 'json' : format)),
      ),
    );
}

function addRecord(analytics: Command, host: Host): void {
  analytics
    .command('record')
    .summary('tell how work went that the queue did not see')
    .description('Counts like an attempt. What went through the queue is counted already.')
    .requiredOption('--agent <name>', 'who did it')
    .requiredOption('--type <type>', 'of which type it was')
    .addOption(new Option('--success', 'it worked').conflicts('failure'))
    .addOption(new Option('--failure', 'it did not').conflicts('success'))
    .addOption(new Option('--rework', 'it was sent back later, which is no success').conflicts('failure'))
    .option('--description <text>', 'what was to be done; the router learns from it')
    .option('--minutes <number>', 'how long it took', parseNumber)
    .addHelpText('after', examples('fed analytics record --agent kimi --type implementation --success --minutes 45'))
    .action(async (options: RecordOptions, command: Command) => {
      const { agent, type, success = false, failure = false, rework, description, minutes } = options;
      if (!success && !failure)
        throw new UsageError('Expected --success or --failure, got neither', 'Say how it went.');
      await withSession(host, command, async (session) => {
        const args = { agent, type, success, rework, description, duration_minutes: minutes };
        const result = await session.call('record_outcome', args);
        session.show(result, (terminal) => renderPair(pairMetrics(sourceOf(session), agent, type), terminal));
      });
    });
}

function addOptimize(analytics: Command, host: Host): void {
  analytics
    .command('optimize')
    .summary('turn outcomes into bonuses of routing')
    .description('Shows every change with its evidence and changes nothing, unless --apply or --revert is given.')
    .addOption(new Option('--dry-run', 'only show it; the default').conflicts(['apply', 'revert']))
    .addOption(new Option('--apply', 'put it in force').conflicts(['dryRun', 'revert']))
    .addOption(new Option('--revert', 'take the last one back').conflicts(['dryRun', 'apply']))
    .addHelpText('after', examples('fed analytics optimize', 'fed analytics optimize --apply'))
    .action(async ({ apply, revert }: OptimizeOptions, command: Command) =>
      withSession(host, command, async ({ actor, federation, show }) => {
        const result = await federation.execute('optimize_routing', { apply, revert }, actor());
        const asked = apply === true ? 'apply' : revert === true ? 'revert' : 'dry';
        const view = optimizationView(result, asked);
        show(view, (terminal) => renderOptimization(view, terminal));
      }),
    );
}

function sourceOf({ federation }: Pick<Session, 'federation'>): MetricsSource {
  return { state: federation.state(), config: federation.config, now: federation.now() };
}

function exported(source: MetricsSource, format: ExportFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(exportJson(source), null, 2)}\n`;
    case 'csv':
      return exportCsv(source);
    case 'prometheus':
      return exportPrometheus(source);
  }
}
