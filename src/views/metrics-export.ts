/** Everything that was counted, for other programs: JSON, CSV, and the text that Prometheus scrapes. */
import { agentRecord } from '../domain/agents/agent-record.ts';
import { availabilityStatuses } from '../domain/agents/agent.ts';
import { bonusesFor } from '../domain/routing/bonuses.ts';
import { costParts, pairOf } from '../domain/metrics/metrics.ts';
import { fromMillis, second, toMillis } from '../domain/time.ts';
import { csvCell, csvLine } from './csv.ts';
import { figuresOf } from './metrics-figures.ts';
import { type AgentMetrics, agentMetrics, type TypeMetrics, typeMetrics } from './metrics-of-one.ts';
import { agentNames, type Dashboard, dashboardView, lastDays, type MetricsSource, typeNames } from './metrics-view.ts';
import { targetsOf } from './targets.ts';

export const exportFormats = ['json', 'csv', 'prometheus'] as const;

const exportedDays = 400;

export interface MetricsExport extends Omit<Dashboard, 'agents' | 'types'> {
  readonly agents: readonly AgentMetrics[];
  readonly types: readonly TypeMetrics[];
}

/** The dashboard with every agent and type in full, and 400 days back to the first one. */
export function exportJson(source: MetricsSource): MetricsExport {
  const { state, config, now } = source;
  const { total } = state.metrics;
  const firstDay = fromMillis(total.has('first_event') ? total.get('first_event') : toMillis(now)).slice(0, 10);
  return {
    ...dashboardView(source),
    days: lastDays(state, now, exportedDays).filter(({ day }) => day >= firstDay),
    agents: agentNames(state.metrics, config).map((name) => agentMetrics(source, name)),
    types: typeNames(state.metrics).flatMap((name) => (name === null ? [] : [typeMetrics(source, name)])),
  };
}

const csvColumns = [
  'agent',
  'type',
  'count',
  'successes',
  'success_rate',
  'low',
  'high',
  'rework_rate',
  'verified_share',
  'false_done',
  'mean_minutes',
  'median_minutes',
  'bonus',
] as const;

/** One line for each agent and type, by RFC 4180. */
export function exportCsv({ state }: MetricsSource): string {
  const rows = pairsOf({ state }).map(({ agent, type, key }) => {
    const { interval, ...figures } = figuresOf(state.metrics, [key]);
    const [low = null, high = null] = interval ?? [];
    const row = { agent, type, ...figures, low, high, bonus: bonusesFor(state, type).get(agent) ?? 0 };
    return csvColumns.map((column) => csvCell(row[column]));
  });
  return [csvColumns, ...rows].map(csvLine).join('');
}

function pairsOf({ state }: Pick<MetricsSource, 'state'>) {
  return [...state.metrics.pairs.keys()].sort().flatMap((key) => {
    const pair = pairOf(key);
    return pair === null ? [] : [{ ...pair, key }];
  });
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/**
 * The text exposition format, version 0.0.4. What is a counter here never falls: an attempt that succeeded stays one
 * when its work is sent back, and that is counted apart.
 */
export function exportPrometheus(source: MetricsSource): string {
  const { state, config, now } = source;
  const { metrics, index } = state;
  const { total } = metrics;
  const out = new Exposition();
  out.counter('tasks_queued', 'Tasks queued, without imports.', [[{}, total.get('queued')]]);
  out.counter(
    'tasks_finished',
    'Tasks that ended, by status.',
    (['completed', 'failed', 'cancelled'] as const).map((status) => [{ status }, total.get(status)]),
  );
  out.gauge(
    'tasks_open',
    'Tasks in the queue, by status.',
    (['pending', 'in-progress'] as const).map((status) => [{ status }, index.byStatus[status].size]),
  );
  out.gauge('tasks_ready', 'Tasks that can be claimed now.', [[{}, index.ready.size]]);
  out.gauge('queue_tasks', 'Open tasks, by whom they are addressed to and what they wait for.', queueDepth(state));
  const oldest = index.ready.oldest();
  out.gauge('oldest_ready_seconds', 'How long the task that has been ready longest has waited.', [
    [{}, oldest === undefined ? 0 : Math.max(0, (toMillis(now) - oldest) / second)],
  ]);
  out.gauge(
    'votes',
    'Votes, by status.',
    (['active', 'escalated', 'decided', 'cancelled'] as const).map((status) => [
      { status },
      [...state.votes.values()].filter((vote) => vote.status === status).length,
    ]),
  );
  out.gauge('inbox_open', 'Items that wait for the operator.', [[{}, state.escalations.size]]);
  out.gauge('paused', 'Whether the federation is paused.', [[{}, state.meta.paused === null ? 0 : 1]]);
  out.summary('task_wait_seconds', 'Time from ready to the first claim.', [
    [{}, total.get('waiting') / second, total.get('waits')],
  ]);

  const pairs = pairsOf(source).map(({ agent, type, key }) => ({
    labels: { agent, type: type ?? '' },
    row: metrics.pairs.get(key),
    bonus: bonusesFor(state, type).get(agent) ?? 0,
  }));
  out.counter(
    'attempts',
    'Attempts that ended, by agent, type and outcome.',
    pairs.flatMap(({ labels, row }): Sample[] => {
      const sentBack = row?.get('sent_back') ?? 0;
      return [
        [{ ...labels, outcome: 'success' }, (row?.get('successes') ?? 0) + sentBack],
        [{ ...labels, outcome: 'failure' }, row?.get('failures') ?? 0],
      ];
    }),
  );
  out.counter(
    'attempts_sent_back',
    'Attempts that succeeded and were sent back by a review.',
    pairs.map(({ labels, row }) => [labels, row?.get('sent_back') ?? 0]),
  );
  out.counter(
    'attempts_verified',
    'Completions that checks proved.',
    pairs.map(({ labels, row }) => [labels, row?.get('verified') ?? 0]),
  );
  out.counter(
    'attempts_false_done',
    'Attempts that were reported done and whose checks failed.',
    pairs.map(({ labels, row }) => [labels, row?.get('false_done') ?? 0]),
  );
  out.summary(
    'attempt_duration_seconds',
    'How long attempts took.',
    pairs.map(({ labels, row }) => [labels, (row?.get('duration') ?? 0) / second, row?.get('timed') ?? 0]),
  );
  out.gauge(
    'routing_bonus',
    'Routing bonus in force.',
    pairs.map(({ labels, bonus }) => [labels, bonus]),
  );

  const runs = [...metrics.runs.entries()].flatMap(([key, row]) => {
    const pair = pairOf(key);
    return pair === null ? [] : [{ labels: { agent: pair.agent, type: pair.type ?? '' }, row }];
  });
  out.summary(
    'run_duration_seconds',
    'How long runs of agents took.',
    runs.map(({ labels, row }) => [labels, row.get('time') / second, row.get('runs')]),
  );
  out.counter(
    'run_cost_dollars',
    'What runs cost whose program says so.',
    runs.map(({ labels, row }) => [labels, row.get('cost') / costParts]),
  );

  const agents = agentNames(metrics, config).map((agent) => ({ agent, row: metrics.agents.get(agent) }));
  out.counter(
    'handoffs',
    'Tasks that moved from one participant to another.',
    agents.flatMap(({ agent, row }): Sample[] => [
      [{ agent, direction: 'handed_over' }, row?.get('handed_over') ?? 0],
      [{ agent, direction: 'received' }, row?.get('received') ?? 0],
      [{ agent, direction: 'received_from_person' }, row?.get('received_from_person') ?? 0],
    ]),
  );
  out.gauge(
    'agent_status',
    'Availability: 1 for the status an agent is in.',
    Object.keys(config.agents).flatMap((agent) =>
      availabilityStatuses.map((status): Sample => {
        const is = agentRecord(state, agent).status === status;
        return [{ agent, status }, is ? 1 : 0];
      }),
    ),
  );

  const methods = [...metrics.methods.entries()];
  out.counter(
    'routing_decisions',
    'Choices of the router, by method.',
    methods.map(([method, row]) => [{ method }, row.get('decisions')]),
  );
  out.counter(
    'routing_judged',
    'Choices whose outcome is known.',
    methods.map(([method, row]) => [{ method }, row.get('judged')]),
  );
  out.gauge(
    'routing_right',
    'Of these, the ones that were right.',
    methods.map(([method, row]) => [{ method }, row.get('right')]),
  );

  const { from: _from, to: _to, ...targets } = targetsOf(state, now);
  const known = Object.entries(targets).flatMap(([target, { value, met }]) =>
    value === null ? [] : [{ target, value, met }],
  );
  out.gauge(
    'target_value',
    'The targets over 7 days; absent below 10 cases.',
    known.map(({ target, value }) => [{ target }, value]),
  );
  out.gauge(
    'target_met',
    'Whether the targets are met.',
    known.map(({ target, met }) => [{ target }, met === true ? 1 : 0]),
  );
  out.gauge('as_of_seconds', 'When this was read, in seconds since 1970.', [[{}, toMillis(now) / second]]);
  return out.text();
}

/** Of an agent nothing is waiting for there is no line. */
function queueDepth({ index, tasks }: MetricsSource['state']): Sample[] {
  const depth = new Map<string, number>();
  for (const status of ['pending', 'in-progress'] as const) {
    for (const id of index.byStatus[status]) {
      const task = tasks.get(id);
      if (task === undefined) continue;
      const shown = status === 'pending' ? (index.isReady(task) ? 'ready' : 'waiting') : status;
      const key = `${shown} ${task.lease?.agent ?? task.to_agent ?? ''}`;
      depth.set(key, (depth.get(key) ?? 0) + 1);
    }
  }
  return [...depth].map(([key, count]) => {
    const [status = '', agent = ''] = key.split(' ');
    return [{ agent, status }, count];
  });
}

class Exposition {
  readonly #lines: string[] = [];

  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(
      `federation_${name}_total`,
      'counter',
      help,
      samples.map(([labels, value]) => ['', labels, value]),
    );
  }

  gauge(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(
      `federation_${name}`,
      'gauge',
      help,
      samples.map(([labels, value]) => ['', labels, value]),
    );
  }

  summary(name: string, help: string, samples: readonly (readonly [Labels, sum: number, count: number])[]): void {
    this.#family(
      `federation_${name}`,
      'summary',
      help,
      samples.flatMap(([labels, sum, count]) => [['_sum', labels, sum] as const, ['_count', labels, count] as const]),
    );
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** Without samples there is no family. */
  #family(
    name: string,
    type: string,
    help: string,
    samples: readonly (readonly [suffix: string, labels: Labels, value: number])[],
  ): void {
    if (samples.length === 0) return;
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [suffix, labels, value] of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
      this.#lines.push(`${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
