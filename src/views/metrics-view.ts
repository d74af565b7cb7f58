/** What was counted, as people read it: the whole federation, and the targets. */
import { agentRecord } from '../domain/agents/agent-record.ts';
import type { AvailabilityStatus } from '../domain/agents/agent.ts';
import type { Config } from '../config/schema.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { medianOf } from '../domain/metrics/histogram.ts';
import { type DayField, dayOf, type Metrics, pairOf } from '../domain/metrics/metrics.ts';
import { type RoutingMethod, routingMethods } from '../domain/routing/decision.ts';
import { day, fromMillis, minute, type Timestamp, toMillis } from '../domain/time.ts';
import { estimateFromSums } from '../routing/off-policy.ts';
import { type Figures, figuresOf, minutesOf, ratio, rounded, waitedMinutes } from './metrics-figures.ts';
import { type Target, type Targets, targetsOf } from './targets.ts';
import { fitOfAll } from '../domain/tasks/claiming-order.ts';
import { taskCounts } from './task-counts.ts';

/** Where a view is read from: `federation` has all three. */
export interface MetricsSource {
  readonly state: FederationState;
  readonly config: Config;
  readonly now: Timestamp;
}

export interface DayFigures extends Readonly<Record<Exclude<DayField, 'waiting' | 'waits'>, number>> {
  readonly day: string;
  readonly mean_wait_minutes: number | null;
}

export interface AgentFigures extends Figures {
  readonly agent: string;
  readonly status: AvailabilityStatus;
  readonly handed_over: number;
  readonly received: number;
  readonly received_from_person: number;
}

export interface MethodFigures {
  readonly method: RoutingMethod;
  readonly decisions: number;
  readonly judged: number;
  readonly right: number;
  readonly accuracy: number | null;
  /** Had it always chosen (SNIPS); `null`: no overlap, an effective sample below 100. */
  readonly estimate: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly effective_sample: number;
}

export interface Dashboard {
  readonly as_of: Timestamp;
  /** When the first thing was counted. */
  readonly since: Timestamp | null;
  /** Every attempt, by whomever, at whatever. */
  readonly attempts: Figures & {
    /** Agents, and types, of which an attempt has ended. */
    readonly agents: number;
    readonly types: number;
  };
  readonly federation: {
    readonly queued: number;
    readonly done: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly open: number;
    readonly ready: number;
    readonly in_progress: number;
    readonly oldest_ready: { readonly task_id: string; readonly minutes: number } | null;
    readonly mean_wait_minutes: number | null;
    readonly median_wait_minutes: number | null;
  };
  readonly targets: Targets;
  readonly agents: readonly AgentFigures[];
  readonly types: readonly (Figures & { readonly type: string | null; readonly queued: number })[];
  readonly routing: readonly MethodFigures[];
  /** The last 14, oldest first. */
  readonly days: readonly DayFigures[];
}

const shownDays = 14;
const mostTypes = 20;

export function dashboardView(source: MetricsSource): Dashboard {
  const { state, config, now } = source;
  const { metrics } = state;
  const counted = [...metrics.pairs.keys()].filter((key) => figuresOf(metrics, [key]).count > 0);
  const agents = counted.filter((key) => pairOf(key) === null);
  const types = new Set(counted.flatMap((key) => pairOf(key)?.type ?? []));
  return {
    as_of: now,
    since: metrics.total.has('first_event') ? fromMillis(metrics.total.get('first_event')) : null,
    attempts: { ...figuresOf(metrics, agents), agents: agents.length, types: types.size },
    federation: federationFigures(source),
    targets: targetsView(source).targets,
    agents: agentNames(metrics, config).map((agent) => agentFigures(state, agent)),
    types: typeNames(metrics)
      .map((type) => ({ type, queued: metrics.queuedOfType(type ?? ''), ...typeFigures(metrics, type) }))
      .sort((a, b) => b.count - a.count || b.queued - a.queued)
      .slice(0, mostTypes),
    routing: methodFigures(metrics),
    days: lastDays(state, now, shownDays),
  };
}

function federationFigures({ state, config, now }: MetricsSource): Dashboard['federation'] {
  const { metrics, index } = state;
  const { total } = metrics;
  const tasks = taskCounts(state);
  // Tasks may still be addressed to agents that have left the roster.
  const own = new Set([
    ...Object.keys(config.agents),
    config.operator,
    ...config.people,
    ...index.openByAddressee.keys(),
  ]);
  const oldest = index.ready.best(fitOfAll([...own]), true);
  const median = medianOf(metrics.waits.get('all'));
  return {
    queued: total.get('queued'),
    done: tasks.completed,
    failed: tasks.failed,
    cancelled: tasks.cancelled,
    open: tasks.ready + tasks.waiting + tasks.in_progress,
    ready: tasks.ready,
    in_progress: tasks.in_progress,
    oldest_ready:
      oldest === undefined
        ? null
        : {
            task_id: oldest.task_id,
            minutes: waitedMinutes(toMillis(oldest.ready_since ?? oldest.created_at), toMillis(now)),
          },
    mean_wait_minutes: total.get('waits') === 0 ? null : minutesOf(total.get('waiting') / total.get('waits')),
    median_wait_minutes: median === null ? null : minutesOf(median),
  };
}

/** The roster in its order, then whoever else was counted: persons, and agents that have left. */
export function agentNames({ pairs, agents }: Metrics, config: Config): string[] {
  const counted = [...pairs.keys()].filter((key) => pairOf(key) === null);
  return [...new Set([...Object.keys(config.agents), ...counted, ...agents.keys()])];
}

export function agentFigures(state: FederationState, agent: string): AgentFigures {
  const row = state.metrics.agents.get(agent);
  return {
    agent,
    status: agentRecord(state, agent).status,
    ...figuresOf(state.metrics, [agent]),
    handed_over: row?.get('handed_over') ?? 0,
    received: row?.get('received') ?? 0,
    received_from_person: row?.get('received_from_person') ?? 0,
  };
}

export function typeNames({ pairs, types }: Metrics): (string | null)[] {
  const counted = [...pairs.keys()].flatMap((key) => pairOf(key) ?? []).map(({ type }) => type);
  return [...new Set([...types.keys(), ...counted])];
}

export function typeFigures(metrics: Metrics, type: string | null): Figures {
  const keys = [...metrics.pairs.keys()].filter((key) => pairOf(key)?.type === type);
  return figuresOf(metrics, keys);
}

function methodFigures({ methods, weights }: Metrics): MethodFigures[] {
  return routingMethods.flatMap((method) => {
    const row = methods.get(method);
    const sums = weights.get(method);
    if (row === undefined && sums === undefined) return [];
    const [judged, right] = [row?.get('judged') ?? 0, row?.get('right') ?? 0];
    const wwr = sums?.get('wwr') ?? 0;
    const estimate = estimateFromSums({
      w: sums?.get('w') ?? 0,
      ww: sums?.get('ww') ?? 0,
      wr: sums?.get('wr') ?? 0,
      wwr,
      wwrr: wwr,
    });
    return [
      {
        method,
        decisions: row?.get('decisions') ?? 0,
        judged,
        right,
        accuracy: ratio(right, judged),
        estimate:
          estimate.kind === 'no-overlap'
            ? null
            : { value: rounded(estimate.value), low: rounded(estimate.low), high: rounded(estimate.high) },
        effective_sample: Math.round(estimate.effective),
      },
    ];
  });
}

/** Days without events were counted as nothing, with the queue as it was. */
export function lastDays({ metrics, index }: FederationState, now: Timestamp, count: number): DayFigures[] {
  const today = dayOf(toMillis(now));
  const open = index.byStatus.pending.size + index.byStatus['in-progress'].size;
  const known = [...metrics.days.keys()].filter((at) => at <= today - count);
  const last = known.length === 0 ? undefined : metrics.days.get(Math.max(...known));
  let before = last === undefined ? 0 : last.has('open') ? last.get('open') : open;
  return Array.from({ length: count }, (_, n) => {
    const at = today - count + 1 + n;
    const row = metrics.days.get(at);
    before = at === today ? open : row?.has('open') === true ? row.get('open') : row === undefined ? before : open;
    const of = (field: DayField): number => row?.get(field) ?? 0;
    return {
      day: fromMillis(at * day).slice(0, 10),
      queued: of('queued'),
      automatic: of('automatic'),
      operator_handoffs: of('operator_handoffs'),
      completed: of('completed'),
      failed: of('failed'),
      cancelled: of('cancelled'),
      successes: of('successes'),
      failures: of('failures'),
      sent_back: of('sent_back'),
      open: before,
      mean_wait_minutes: of('waits') === 0 ? null : minutesOf(of('waiting') / of('waits')),
    };
  });
}

export interface TargetsView {
  readonly targets: Targets;
}

export function targetsView({ state, now }: MetricsSource): TargetsView {
  const targets = targetsOf(state, now);
  const short = <T extends Target>(target: T): T => ({
    ...target,
    value: target.value === null ? null : rounded(target.value),
  });
  const { completion_time: time } = targets;
  const minutes = (value: number | null): number | null => (value === null ? null : minutesOf(value * minute));
  return {
    targets: {
      ...targets,
      operator_handoffs_per_day: short(targets.operator_handoffs_per_day),
      queued_automatically: short(targets.queued_automatically),
      decided_by_agents: short(targets.decided_by_agents),
      routing_accuracy: short(targets.routing_accuracy),
      completion_time: {
        ...short(time),
        minutes: minutes(time.minutes),
        baseline_minutes: minutes(time.baseline_minutes),
      },
    },
  };
}
