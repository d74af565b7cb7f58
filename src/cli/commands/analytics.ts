import { z } from 'zod';
import { getMetrics } from '../../../tools/get-metrics.ts';
import { optimizeRouting } from '../../../tools/optimize-routing.ts';
import { recordOutcome } from '../../../tools/record-outcome.ts';
import { exportCsv, exportFormats, exportJson, exportPrometheus } from '../../views/metrics-export.ts';
import { command, type CommandRow, toolCommand } from '../command.ts';
import { renderCost } from '../render/render-cost.ts';
import { renderMetrics, renderPair } from '../render/render-metrics.ts';
import { renderOptimization } from '../render/render-optimization.ts';
import { withSession } from '../session.ts';

export const analyticsCommands: readonly CommandRow[] = [
  toolCommand('analytics', getMetrics, renderMetrics, {
    about: 'metrics: targets, agents, types, routing',
    more: 'The metrics as a dashboard or one part of it, and the routing bonuses that follow from them.',
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
    about: 'one type across agents, best first',
    arguments: [['<type>', 'type', 'the type']],
    examples: ['fed analytics task-type implementation'],
  }),
  toolCommand('analytics targets', getMetrics, renderMetrics, {
    fixed: { view: 'targets' },
    about: 'the five targets over the last 7 days',
    examples: ['fed analytics targets'],
  }),
  command({
    path: 'analytics cost',
    about: 'what runs cost, and what cheaper agents save',
    more: 'Minutes, tokens and cost by agent and type. Then past tasks are routed again, to show what each routing.cost_margin saves and how many successes it takes.',
    input: z.strictObject({}),
    examples: ['fed analytics cost', 'fed analytics cost --json'],
    run: (_input, context) =>
      withSession(context, async ({ federation, show }) => {
        const { costView } = await import('../../views/cost-view.ts');
        const view = await costView(federation);
        show(view, (terminal) => renderCost(view, terminal));
      }),
  }),
  toolCommand('analytics record', recordOutcome, renderPair, {
    about: 'record the outcome of work done outside the queue',
    asks: ({ agent, type, success }) =>
      `This cannot be undone: ${agent} ${success ? 'succeeded' : 'failed'} at ${type}.`,
    more: 'Counts like an attempt. Work in the queue is counted already.',
    options: [
      ['--agent <name>', 'agent', 'who did it'],
      ['--task, --type <type>', 'type', 'its type'],
      ['--success', 'success', 'it worked'],
      ['--failure', 'success', 'it did not work', false],
      ['--rework', 'rework', 'it was sent back later, so it is no success'],
      ['--description <text>', 'description', 'what the task was; the router learns from it'],
      ['--duration, --minutes <number>', 'duration_minutes', 'how long it took'],
    ],
    exclusive: [
      ['--success', '--failure'],
      ['--rework', '--failure'],
    ],
    examples: ['fed analytics record --agent kimi --type implementation --success --minutes 45'],
  }),
  toolCommand('analytics optimize', optimizeRouting, renderOptimization, {
    about: 'turn outcomes into routing bonuses',
    more: 'Shows every change with its evidence and changes nothing, unless --apply or --revert is given.',
    options: [
      ['--dry-run', 'apply', 'only show the changes (default)', false],
      ['--apply', 'apply', 'make the changes'],
      ['--revert', 'revert', 'undo the last ones'],
    ],
    exclusive: [['--dry-run', '--apply', '--revert']],
    examples: ['fed analytics optimize', 'fed analytics optimize --apply'],
  }),
  command({
    path: 'analytics export',
    about: 'export the metrics for other programs',
    more: 'Prints everything as JSON, one line per agent and type as CSV, or the text format of Prometheus.',
    input: z.strictObject({ format: z.enum(exportFormats).default('json') }),
    options: [['--format <format>', 'format', 'default json']],
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
