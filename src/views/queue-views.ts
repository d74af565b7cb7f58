/** The queue as a whole: counts, agents, what is next, and why there is nothing. */
import { fitOfAll } from '../domain/tasks/claiming-order.ts';
import type { Task } from '../domain/tasks/task.ts';
import { checkAddressee } from '../domain/tasks/validate-request.ts';
import { agentRecord } from '../domain/agents/agent-record.ts';
import { wasSeen } from '../domain/agents/attendance.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { isSchedulingOn } from '../domain/scheduling/follow-up.ts';
import type { UnknownType } from '../domain/tasks/unknown-type.ts';
import { whyNotReady } from '../domain/tasks/why-not-ready.ts';
import { fitOf, fits } from '../domain/tasks/fit.ts';
import { fromMillis, type Timestamp, toMillis } from '../domain/time.ts';
import type { Federation, WebhookStanding } from '../federation.ts';
import type { StoreFault } from '../store/event-store.ts';
import { waitedMinutes } from './metrics-figures.ts';
import { runsInHand, type RunView } from './runs-view.ts';
import { taskCounts } from './task-counts.ts';
import { briefTask, present, type TaskBrief } from './task-views.ts';
import { plural } from '../domain/phrases.ts';

export interface AgentView {
  readonly name: string;
  readonly status: string;
  readonly role: string;
  readonly types: readonly string[];
  readonly holds: number;
  readonly capacity: number;
  readonly ready: number;
  readonly open: number;
  /** Client processes that showed signs of life lately. */
  readonly connected: number;
  /** Connected, or active within the time that counts. */
  readonly seen: boolean;
  /** When it last did something itself, to the minute. */
  readonly last_seen?: Timestamp;
  readonly reason?: string;
  readonly until?: Timestamp;
  /** Who may take its tasks while it is on standby. */
  readonly fallback?: string;
}

export function agentViews(federation: Federation): AgentView[] {
  const { config } = federation;
  const state = federation.state();
  const presence = federation.presence();
  const attendance = federation.attendance();
  const grace = config.leases.grace_seconds * 1_000;
  return Object.entries(config.agents).map(([name, agent]) => {
    const { status, reason, until } = agentRecord(state, name);
    const active = state.activity.get(name);
    return {
      name,
      status,
      role: agent.role,
      types: agent.types,
      holds: state.index.heldBy.get(name)?.size ?? 0,
      capacity: agent.capacity,
      ready: state.index.ready.count(fitOf(state, attendance, name)),
      open: state.index.openByAddressee.get(name) ?? 0,
      connected: presence.filter((entry) => entry.agent === name && entry.silentFor < grace).length,
      seen: wasSeen(state, name, attendance),
      ...present({
        last_seen: active === undefined ? null : fromMillis(active),
        reason,
        until,
        fallback: agent.fallback,
      }),
    };
  });
}

/** Of an agent that was not seen its status says nothing, unless somebody said it. */
export function shownStatus({ status, seen }: Pick<AgentView, 'status' | 'seen'>): string {
  return seen || status !== 'available' ? status : 'not seen yet';
}

/** The roster as a list. */
export function agentsView(federation: Federation) {
  const items = agentViews(federation);
  return { items, total: items.length };
}

export interface StatusView {
  readonly operator: string;
  readonly paused: FederationState['meta']['paused'];
  readonly tasks: ReturnType<typeof taskCounts>;
  readonly oldest_ready_minutes: number | null;
  readonly votes: { readonly active: number; readonly escalated: number };
  readonly inbox: number;
  readonly scheduling: 'on' | 'off';
  /** Follow-ups that wait for the operator's word. */
  readonly kept_follow_ups?: number;
  readonly agents: readonly Pick<AgentView, 'name' | 'status' | 'holds' | 'ready' | 'open' | 'connected' | 'seen'>[];
  /** Agents' programs that run now. */
  readonly runs?: readonly RunView[];
  readonly records: number;
  readonly webhook?: WebhookStanding;
  readonly warning?: StoreFault;
  /** What is wrong with the configuration file. */
  readonly config_warnings?: readonly string[];
  /** Which clocks are off, and what does not end by time because of that. */
  readonly clock_warnings?: readonly string[];
}

export function statusOf(federation: Federation): StatusView {
  const { config, fault, configWarnings } = federation;
  const webhook = federation.webhook();
  const clock_warnings = federation.clockWarnings();
  const state = federation.state();
  const oldest = state.index.ready.oldest();
  return {
    operator: config.operator,
    paused: state.meta.paused,
    tasks: taskCounts(state),
    oldest_ready_minutes: oldest === undefined ? null : waitedMinutes(oldest, toMillis(federation.now())),
    votes: { active: state.voteIndex.deadlines.size, escalated: state.voteIndex.escalated.size },
    inbox: state.escalations.size,
    scheduling: isSchedulingOn(state, config) ? 'on' : 'off',
    ...(state.held.size === 0 ? {} : { kept_follow_ups: state.held.size }),
    agents: agentViews(federation).map(({ name, status, holds, ready: fit, open, connected, seen }) => ({
      name,
      status,
      holds,
      ready: fit,
      open,
      connected,
      seen,
    })),
    ...present({ runs: runsInHand(state, federation.now()) }),
    records: federation.seq,
    ...(webhook === null ? {} : { webhook }),
    ...(fault === null ? {} : { warning: fault }),
    ...(configWarnings.length === 0 ? {} : { config_warnings: configWarnings.map(({ message }) => message) }),
    ...(clock_warnings.length === 0 ? {} : { clock_warnings }),
  };
}

/** Tasks of each kind in the overview; list_tasks pages through the rest. */
const overviewLength = 50;

/** All tasks at a glance. */
export function queueView(federation: Federation) {
  const state = federation.state();
  const { index, tasks } = state;
  const brief = (task: Task) => briefTask(state, task);
  const held = [...index.byStatus['in-progress']].flatMap((id) => tasks.get(id) ?? []);
  const { agents, operator, people } = federation.config;
  const everyone = [...Object.keys(agents), operator, ...people];
  const ready = index.ready.next(fitOfAll(everyone), overviewLength);
  const waiting = [...index.byStatus.pending]
    .slice(-10 * overviewLength)
    .flatMap((id) => tasks.get(id) ?? [])
    .filter((task) => index.waitsFor(task).length > 0)
    .slice(-overviewLength);
  return {
    held: held.slice(-overviewLength).map((task) => ({ ...brief(task), held_by: task.lease?.agent })),
    held_total: held.length,
    ready: ready.map(brief),
    ready_total: index.ready.size,
    waiting: waiting.map(brief),
    waiting_total: index.byStatus.pending.size - index.ready.size,
  };
}

/** The next tasks an agent would get, in order. */
export function readyFor(federation: Federation, agent: string, limit: number): TaskBrief[] {
  const state = federation.state();
  return state.index.ready
    .next(fitOf(state, federation.attendance(), agent), limit)
    .map((task) => briefTask(state, task));
}

/** In words: why a claim found nothing. */
export function whyNothing(federation: Federation, agent: string, types?: readonly string[]): string {
  const state = federation.state();
  const fit = fitOf(state, federation.attendance(), agent, types);
  const fitting = [...state.index.byStatus.pending]
    .slice(0, 5_000)
    .flatMap((id) => state.tasks.get(id) ?? [])
    .filter((task) => fits(task, fit));
  const [first] = fitting;
  if (first !== undefined) {
    const others = fitting.length > 1 ? `, nor are ${fitting.length - 1} more` : '';
    const why = whyNotReady(state, first, federation.now());
    return why === null
      ? `you released ${first.task_id} recently; name it to claim it again${others}`
      : `${first.task_id} fits but is not ready: ${why}${others}`;
  }
  const ready = state.index.ready.size;
  if (ready > 0) return `${plural(ready, 'ready task')} for other agents or types`;
  const { size } = state.index.byStatus['in-progress'];
  return size > 0 ? `nothing is ready; ${size} in progress` : 'the queue is empty';
}

/** One agent's side of the queue. Refuses a name that is not in the roster. */
export function agentQueue(federation: Federation, agent: string) {
  checkAddressee(federation.config, agent);
  const state = federation.state();
  const ready = readyFor(federation, agent, 20);
  return {
    agent,
    status: agentRecord(state, agent).status,
    ready,
    ready_total: state.index.ready.count(fitOf(state, federation.attendance(), agent)),
    held: [...(state.index.heldBy.get(agent) ?? [])]
      .flatMap((id) => state.tasks.get(id) ?? [])
      .map((task) => briefTask(state, task)),
    ...present({ open: state.index.openByAddressee.get(agent) }),
  };
}

/** Those of these agents that were not seen: nobody knows whether they will ever look. */
export function notSeen(federation: Federation, names: readonly string[]): string[] {
  const state = federation.state();
  const attendance = federation.attendance();
  return names.filter((name) => Object.hasOwn(federation.config.agents, name) && !wasSeen(state, name, attendance));
}

/** That nobody does a type, and what was probably meant; nothing where somebody does it. */
export function aboutType(unknown: UnknownType | null): string {
  if (unknown === null) return '';
  const { type, nearest } = unknown;
  return `No agent does the type "${type}"${nearest === null ? '.' : `; did you mean ${nearest}?`}`;
}
