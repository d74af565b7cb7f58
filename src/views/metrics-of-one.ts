/** What was counted of one agent, of one type across agents, and of one agent at one type. */
import { agentRecord } from '../domain/agents/agent-record.ts';
import { type AvailabilityStatus, availabilityStatuses } from '../domain/agents/agent.ts';
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { bonusesFor } from '../domain/routing/bonuses.ts';
import { confidenceParts, pairKey, pairOf } from '../domain/metrics/metrics.ts';
import { participantKind } from '../domain/participants.ts';
import { oneOfThem } from '../domain/tasks/validate-request.ts';
import { quote } from '../domain/text.ts';
import { fromMillis, type Timestamp, toMillis } from '../domain/time.ts';
import { type SeenChange, seenChange } from '../domain/metrics/courses.ts';
import { describeReliability } from '../domain/votes/calibration.ts';
import { present } from './task-views.ts';
import { type Figures, figuresOf, rounded } from './metrics-figures.ts';
import {
  type AgentFigures,
  agentFigures,
  agentNames,
  type MetricsSource,
  typeFigures,
  typeNames,
} from './metrics-view.ts';

export interface AgentMetrics extends AgentFigures {
  readonly types: readonly (Figures & {
    readonly type: string | null;
    readonly bonus: number;
    /** The last change for the worse: its newest outcomes then, against those before. */
    readonly changed?: SeenChange;
  })[];
  /** Share of the time since it was first seen, by status. */
  readonly availability: Readonly<Partial<Record<AvailabilityStatus, number>>>;
  readonly first_seen: Timestamp | null;
  /** The router's stated confidence in this agent against what came of it, by tenths that occurred. */
  readonly routed: readonly { readonly stated: number; readonly observed: number; readonly count: number }[];
  /** Its ballots in judged votes. */
  readonly ballots: {
    readonly judged: number;
    readonly accuracy: number | null;
    readonly mean_confidence: number | null;
    readonly brier: number | null;
    readonly stated_against_observed: readonly {
      readonly from: number;
      readonly to: number;
      readonly ballots: number;
      readonly stated: number;
      readonly observed: number;
    }[];
  };
}

/** @throws CallerError `unknown-agent` for whom neither the roster nor the metrics know, `not-found` for a person. */
export function agentMetrics(source: MetricsSource, agent: string): AgentMetrics {
  const { state, now } = source;
  const { metrics } = state;
  checkCounted(source, agent);
  const types = [...metrics.pairs.keys()].flatMap((key) => {
    const pair = pairOf(key);
    return pair?.agent === agent ? [pair.type] : [];
  });
  const { judged, accuracy, mean_confidence, brier, stated_against_observed } = describeReliability(
    state.voting.calibration,
    agent,
    null,
  );
  const share = (value: number | null): number | null => (value === null ? null : rounded(value));
  return {
    ...agentFigures(state, agent),
    types: types
      .map((type) => ({
        type,
        ...figuresOf(metrics, [pairKey(agent, type)]),
        bonus: bonusesFor(state, type).get(agent) ?? 0,
        ...present({ changed: seenChange(metrics, agent, type) }),
      }))
      .sort((a, b) => b.count - a.count),
    ...availabilityOf(state, agent, now),
    routed: Array.from({ length: 10 }, (_, tenth) => metrics.confidences.get(`${agent}/${tenth}`)).flatMap((row) => {
      const count = row?.get('count') ?? 0;
      if (row === undefined || count === 0) return [];
      const stated = rounded(row.get('confidence') / confidenceParts / count);
      return [{ stated, observed: rounded(row.get('right') / count), count }];
    }),
    ballots: {
      judged,
      accuracy: share(accuracy),
      mean_confidence: share(mean_confidence),
      brier: share(brier),
      stated_against_observed: stated_against_observed.map((bin) => ({
        ...bin,
        stated: rounded(bin.stated),
        observed: rounded(bin.observed),
      })),
    },
  };
}

/** Persons show up once something of theirs was counted. */
function checkCounted({ state, config }: MetricsSource, name: string): void {
  const names = agentNames(state.metrics, config);
  if (names.includes(name)) return;
  const next = oneOfThem(name, names);
  throw participantKind(config, name) === null
    ? new CallerError(
        'unknown-agent',
        `No agent is called ${quote(name)}, and nothing was recorded under that name.`,
        next,
      )
    : new CallerError('not-found', `No data for ${quote(name)} yet.`, next);
}

function availabilityOf(
  state: FederationState,
  agent: string,
  now: Timestamp,
): Pick<AgentMetrics, 'availability' | 'first_seen'> {
  const row = state.metrics.agents.get(agent);
  if (row === undefined || !row.has('since')) return { availability: {}, first_seen: null };
  const { status: present } = agentRecord(state, agent);
  const running = Math.max(0, toMillis(now) - row.get('since'));
  const times = availabilityStatuses.map(
    (status) => [status, row.get(status) + (status === present ? running : 0)] as const,
  );
  const total = times.reduce((sum, [, time]) => sum + time, 0);
  const shares = times.flatMap(([status, time]) => (time === 0 ? [] : [[status, rounded(time / total)] as const]));
  return { availability: Object.fromEntries(shares), first_seen: fromMillis(toMillis(now) - total) };
}

export interface TypeMetrics extends Figures {
  readonly type: string;
  readonly queued: number;
  readonly agents: readonly (Figures & { readonly agent: string; readonly bonus: number })[];
}

/** @throws CallerError `not-found` where no task of this type was queued and no outcome counted. */
export function typeMetrics({ state }: MetricsSource, type: string): TypeMetrics {
  const { metrics } = state;
  const known = typeNames(metrics);
  if (!known.includes(type)) {
    const types = known.filter((name) => name !== null).join(', ');
    throw new CallerError(
      'not-found',
      `No data for the type ${quote(type)}.`,
      types === '' ? 'No task with a type has been queued yet.' : `Types so far: ${types}.`,
    );
  }
  const agents = [...metrics.pairs.keys()].flatMap((key) => {
    const pair = pairOf(key);
    return pair?.type === type ? [pair.agent] : [];
  });
  return {
    type,
    queued: metrics.queuedOfType(type),
    ...typeFigures(metrics, type),
    agents: agents
      .map((agent) => ({
        agent,
        ...figuresOf(metrics, [pairKey(agent, type)]),
        bonus: bonusesFor(state, type).get(agent) ?? 0,
      }))
      .sort((a, b) => (b.interval?.[0] ?? 0) - (a.interval?.[0] ?? 0)),
  };
}

export interface PairMetrics extends Figures {
  readonly agent: string;
  readonly type: string;
  readonly bonus: number;
}

/** One agent at one type. */
export function pairMetrics(source: MetricsSource, agent: string, type: string): PairMetrics {
  const { state } = source;
  checkCounted(source, agent);
  const { agents } = typeMetrics(source, type);
  const found = agents.find((row) => row.agent === agent);
  const bonus = found?.bonus ?? 0;
  return {
    agent,
    type,
    ...figuresOf(state.metrics, [pairKey(agent, type)]),
    bonus,
  };
}
