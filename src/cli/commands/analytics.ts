import { z } from 'zod';
import { getMetrics } from '../../../tools/get-metrics.ts';
import { optimizeRouting } from '../../../tools/optimize-routing.ts';
import { recordOutcome } from '../../../tools/record-outcome.ts';
import { exportCsv, exportFormats, exportJson, exportPrometheus } from '../../views/metrics-export.ts';
import { command, type CommandRow, toolCommand } from '../command.ts';
import { renderMetrics, renderPair } from '../render/render-metrics.ts';
import { renderOptimization } from '../render/render-optimization.ts';
import { withSession } from '../session.ts';

export const analyticsCommands: readonly CommandRow[] = [
  toolCommand('analytics', getMetrics, renderMetrics, {
    about: 'how work goes: targets, agents, types, routing',
    more: 'What was counted, as a dashboard or one part of it; and what follows from it for routing.',
    examples: ['fed analytics', 'fed analytics agent kimi', 'fed analytics optimize --dry-run'],
  }),
  toolCommand('analytics dashboard', getMetrics, renderMetrics, {
    about: 'everything on one page',
    examples: ['fed analytics dashboard', 'fed analytics dashboard --json'],
  }),
  toolCommand('analytics agent', getMetrics, renderMetrics, {
    about: 'one agent: by type, hand-offs, availability, calibration',
    arguments: [['<name>', 'agent', 'the agent']],
    examples: ['fed analytics agent kimi'],
  }),
  toolCommand('analytics task-type', getMetrics, renderMetrics, {
    about: 'one type across agents, the surest first',
    arguments: [['<type>', 'type', 'the type']],
    examples: ['fed analytics task-type implementation'],
  }),
  toolCommand('analytics targets', getMetrics, renderMetrics, {
    fixed: { view: 'targets' },
    about: 'the five targets over the last 7 days',
    examples: ['fed analytics targets'],
  }),
  toolCommand('analytics record', recordOutcome, renderPair, {
    about: 'tell how work went that the queue did not see',
    more: 'Counts like an attempt. What went through the queue is counted already.',
    options: [
      ['--agent <name>', 'agent', 'who did it'],
      ['--type <type>', 'type', 'of which type it was'],
      ['--success', 'success', 'it worked'],
      ['--failure', 'success', 'it did not', false],
      ['--rework', 'rework', 'it was sent back later, which is no success'],
      ['--description <text>', 'description', 'what was to be done; the router learns from it'],
      ['--minutes <number>', 'duration_minutes', 'how long it took'],
    ],
    exclusive: [
      ['--success', '--failure'],
      ['--rework', '--failure'],
    ],
    examples: ['fed analytics record --agent kimi --type implementation --success --minutes 45'],
  }),
  toolCommand('analytics optimize', optimizeRouting, renderOptimization, {
    about: 'turn outcomes into bonuses of routing',
    more: 'Shows every change with its evidence and changes nothing, unless --apply or --revert is given.',
    options: [
      ['--dry-run', 'apply', 'only show it; the default', false],
      ['--apply', 'apply', 'put it in force'],
      ['--revert', 'revert', 'take the last one back'],
    ],
    exclusive: [['--dry-run', '--apply', '--revert']],
    examples: ['fed analytics optimize', 'fed analytics optimize --apply'],
  }),
  command({
    path: 'analytics export',
    about: 'everything that was counted, for other programs',
    more: 'Prints all of it as JSON; a line for each agent and type as CSV; or the text that Prometheus scrapes.',
    input: z.strictObject({ format: z.enum(exportFormats).default('json') }),
    options: [['--format <format>', 'format', 'of what is printed; default json']],
    examples: [
      'fed analytics export > metrics.json',
      'fed analytics export --format csv',
      'fed analytics export --format prometheus',
    ],
    run: ({ format }, context) =>
      withSession(context, async ({ federation, json }) => {
        const source = { state: federation.state(), config: federation.config, now: federation.now() };
        const exported = {
          json: () => `${JSON.stringify(exportJson(source), null, 2)}\n`,
          csv: () => exportCsv(source),
          prometheus: () => exportPrometheus(source),
        };
        context.host.out(exported[json ? 'json' : format]());
      }),
  }),
];
