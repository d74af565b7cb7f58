/** The whole federation at a glance: what a live board shows, in a terminal or elsewhere. */
import { basename } from 'node:path';
import type { FederationState } from '../domain/federation-state.ts';
import type { Task } from '../domain/tasks/task.ts';
import { day, type Timestamp, toMillis } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import type { StoreFault } from '../store/event-store.ts';
import { type LogEntry, logEntries } from './event-lines.ts';
import { type AgentView, agentViews } from './queue-views.ts';
import { firstWords } from './task-views.ts';
import { fitOfAll } from '../domain/tasks/claiming-order.ts';

/** A task as a card on the board. */
export interface BoardTask {
  readonly task_id: string;
  readonly status: string;
  readonly type: string | null;
  readonly priority: string;
  /** Who holds it, did it, or is to do it; `null`: whoever fits. */
  readonly who: string | null;
  /** Ready since, claimed at, queued at or finished at, by column. */
  readonly since: Timestamp;
  readonly progress: number | null;
  /** The run that works on it, by its program, since when. */
  readonly run: { readonly program: string; readonly since: Timestamp } | null;
  /** The process that holds it shows no sign of life. */
  readonly silent: boolean;
  /** Why it cannot start yet. */
  readonly waits: BoardWait | null;
  readonly description: string;
}

export type BoardWait =
  | { readonly for: 'tasks'; readonly ids: readonly string[] }
  | { readonly for: 'approval' }
  | { readonly for: 'time'; readonly until: Timestamp };

export interface BoardColumn {
  readonly total: number;
  readonly items: readonly BoardTask[];
}

export interface BoardView {
  /** The project's folder, by its last name. */
  readonly name: string;
  readonly operator: string;
  readonly now: Timestamp;
  readonly paused: FederationState['meta']['paused'];
  readonly warning: StoreFault | null;
  /** What is wrong with the configuration, file, line and key first. */
  readonly config_warnings: readonly string[];
  readonly ready: BoardColumn;
  readonly in_progress: BoardColumn;
  readonly waiting: BoardColumn;
  /** Finished within the last day, newest first. */
  readonly done_lately: BoardColumn;
  readonly agents: readonly AgentView[];
  readonly inbox: {
    readonly total: number;
    readonly items: readonly { readonly inbox_id: string; readonly kind: string; readonly title: string }[];
  };
  /** Newest last. */
  readonly events: readonly LogEntry[];
}

export interface BoardLimits {
  /** Tasks in a column. */
  readonly tasks: number;
  readonly events: number;
}

const lately = day;
/** Pending tasks looked through for waiting ones; with more than this a board shows none of the rest anyway. */
const mostScanned = 5_000;

/** Reads the journal's end for the events, everything else from the state. */
export async function boardView(federation: Federation, limits: BoardLimits): Promise<BoardView> {
  const events = await latestEvents(federation, limits.events);
  const state = federation.state();
  const { config } = federation;
  const now = federation.now();
  const presence = federation.presence();
  const grace = config.leases.grace_seconds * 1_000;
  const alive = new Set(presence.filter(({ silentFor }) => silentFor < grace).map(({ session }) => session));
  const silent = (task: Task): boolean => task.lease?.session != null && !alive.has(task.lease.session);
  return {
    name: basename(federation.project.dir),
    operator: config.operator,
    now,
    paused: state.meta.paused,
    warning: federation.fault,
    config_warnings: federation.configWarnings.map(({ message }) => message),
    ready: ready(state, [...Object.keys(config.agents), config.operator, ...config.people], limits.tasks),
    in_progress: inProgress(state, limits.tasks, silent),
    waiting: waiting(state, limits.tasks),
    done_lately: doneLately(state, now, limits.tasks),
    agents: agentViews(federation),
    inbox: {
      total: state.escalations.size,
      items: [...state.escalations.values()]
        .slice(-3)
        .reverse()
        .map(({ inbox_id, kind, title }) => ({ inbox_id, kind, title })),
    },
    events,
  };
}

async function latestEvents(federation: Federation, limit: number): Promise<LogEntry[]> {
  if (limit === 0) return [];
  const records = await federation.tail(limit);
  return records.flatMap((record) => logEntries(record)).slice(-limit);
}

/** In the order in which they would be claimed, whoever asks. */
function ready({ index }: FederationState, everyone: readonly string[], limit: number): BoardColumn {
  const items = index.ready
    .next(fitOfAll(everyone), limit)
    .map((task) => card(task, task.to_agent, task.ready_since ?? task.created_at));
  return { total: index.ready.size, items };
}

/** Held longest first: that is where something may be wrong. */
function inProgress(state: FederationState, limit: number, silent: (task: Task) => boolean): BoardColumn {
  const held = [...state.index.byStatus['in-progress']].flatMap((id) => state.tasks.get(id) ?? []);
  const running = new Map(
    [...state.runs.values()].flatMap(({ task_id, status, program, planned_at }) =>
      task_id === null || status === 'ended' ? [] : [[task_id, { program, since: planned_at }] as const],
    ),
  );
  const claimedAt = (task: Task): Timestamp => task.lease?.claimed_at ?? task.updated_at;
  const items = held
    .sort((a, b) => (claimedAt(a) < claimedAt(b) ? -1 : 1))
    .slice(0, limit)
    .map((task) => ({
      ...card(task, task.lease?.agent ?? null, claimedAt(task)),
      silent: silent(task),
      run: running.get(task.task_id) ?? null,
    }));
  return { total: held.length, items };
}

function waiting({ index, tasks }: FederationState, limit: number): BoardColumn {
  const total = index.byStatus.pending.size - index.ready.size;
  const items: BoardTask[] = [];
  let scanned = 0;
  for (const id of index.byStatus.pending) {
    if (items.length >= Math.min(limit, total) || ++scanned > mostScanned) break;
    const task = tasks.get(id);
    if (task === undefined || index.isReady(task)) continue;
    items.push({ ...card(task, task.to_agent, task.created_at), waits: waitOf(task, index.waitsFor(task)) });
  }
  return { total, items };
}

function waitOf(task: Task, ids: readonly string[]): BoardWait | null {
  if (ids.length > 0) return { for: 'tasks', ids };
  if (task.needs_approval && task.approved_by === null) return { for: 'approval' };
  return task.starts_at === null ? null : { for: 'time', until: task.starts_at };
}

function doneLately({ index, tasks }: FederationState, now: Timestamp, limit: number): BoardColumn {
  const from = toMillis(now) - lately;
  const items: BoardTask[] = [];
  let total = 0;
  for (const [[at], id] of index.finished.entriesReversed()) {
    if (at < from) break;
    total += 1;
    const task = items.length < limit ? tasks.get(id) : undefined;
    if (task === undefined) continue;
    items.push(card(task, task.result?.by ?? task.to_agent, task.finished_at ?? task.updated_at));
  }
  return { total, items };
}

function card(task: Task, who: string | null, since: Timestamp): BoardTask {
  const { task_id, status, type, priority, progress } = task;
  const description = firstWords(task.description, 200);
  return { task_id, status, type, priority, who, since, progress, run: null, silent: false, waits: null, description };
}
