/** The whole federation at a glance: what a live board shows, in a terminal or elsewhere. */
import { basename } from 'node:path';
import type { FederationState } from '../domain/federation-state.ts';
import { fitOfAll } from '../domain/tasks/claiming-order.ts';
import type { Task } from '../domain/tasks/task.ts';
import { type Timestamp, toMillis } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import type { StoreFault } from '../store/event-store.ts';
import { type LogEntry, logEntries } from './event-lines.ts';
import { type InboxItem, inboxView } from './inbox-view.ts';
import {
  type OpenVote,
  openVotes,
  type Overview,
  recentlyDone,
  recentTime,
  type Waiting,
  waitingOf,
} from './overview.ts';
import { type AgentView, agentViews } from './queue-views.ts';
import { type TaskRow, taskRow } from './task-rows.ts';

export interface BoardColumn {
  readonly total: number;
  readonly items: readonly TaskRow[];
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
  /** Finished within the last day, newest first. */
  readonly recently_done: BoardColumn;
  readonly waiting: BoardColumn;
  /** What those that wait, wait for. */
  readonly waits: Waiting;
  readonly ended: Overview['recently'];
  readonly agents: readonly AgentView[];
  /** Oldest first. */
  readonly inbox: { readonly total: number; readonly items: readonly InboxItem[] };
  readonly votes: readonly OpenVote[];
  /** Newest last. */
  readonly events: readonly LogEntry[];
}

export interface BoardLimits {
  /** Tasks in a column. */
  readonly tasks: number;
  readonly events: number;
  /** Only tasks with these words in their id, type, description or who has them. */
  readonly filter?: string;
}

/** Tasks looked through for those that belong into a column; with more than this a board shows none of the rest anyway. */
const mostScanned = 5_000;
const mostVotes = 20;

/** Reads the journal's end for the events, everything else from the state. */
export async function boardView(federation: Federation, limits: BoardLimits): Promise<BoardView> {
  const events = await latestEvents(federation, limits.events);
  const state = federation.state();
  const { config } = federation;
  const now = federation.now();
  const words = (limits.filter ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  /** `total`: of them all; counted anew where some are left out. */
  const column = (tasks: Iterable<Task>, total: number): BoardColumn => {
    const found: Task[] = [];
    let matching = 0;
    for (const task of tasks) {
      if (!words.every((word) => textOf(task).includes(word))) continue;
      matching += 1;
      if (found.length < limits.tasks) found.push(task);
      else if (words.length === 0) break;
    }
    return { total: words.length === 0 ? total : matching, items: found.map((task) => taskRow(federation, task)) };
  };
  const many = words.length === 0 ? limits.tasks : mostScanned;
  const everyone = fitOfAll([...Object.keys(config.agents), config.operator, ...config.people]);
  const { index } = state;
  const ended = recentlyDone(state, now);
  return {
    name: basename(federation.project.dir),
    operator: config.operator,
    now,
    paused: state.meta.paused,
    warning: federation.fault,
    config_warnings: federation.configWarnings.map(({ message }) => message),
    ready: column(index.ready.next(everyone, many), index.ready.size),
    in_progress: column(inProgress(state), index.byStatus['in-progress'].size),
    recently_done: column(recent(state, now), ended.completed + ended.failed + ended.cancelled),
    waiting: column(waiting(state), index.byStatus.pending.size - index.ready.size),
    waits: waitingOf(state, mostScanned),
    ended,
    agents: agentViews(federation),
    inbox: inboxView(state),
    votes: openVotes(state, mostVotes),
    events,
  };
}

function textOf({ task_id, type, description, to_agent, lease, result }: Task): string {
  return [task_id, type, description, to_agent, lease?.agent, result?.by].join(' ').toLowerCase();
}

async function latestEvents(federation: Federation, limit: number): Promise<LogEntry[]> {
  if (limit === 0) return [];
  const records = await federation.tail(limit);
  return records.flatMap((record) => logEntries(record)).slice(-limit);
}

/** Held longest first: that is where something may be wrong. */
function inProgress({ index, tasks }: FederationState): Task[] {
  const claimedAt = (task: Task): Timestamp => task.lease?.claimed_at ?? task.updated_at;
  return [...index.byStatus['in-progress']]
    .flatMap((id) => tasks.get(id) ?? [])
    .sort((a, b) => (claimedAt(a) < claimedAt(b) ? -1 : 1));
}

function* waiting({ index, tasks }: FederationState): Generator<Task, void, undefined> {
  let scanned = 0;
  for (const id of index.byStatus.pending) {
    if (++scanned > mostScanned) return;
    const task = tasks.get(id);
    if (task !== undefined && !index.isReady(task)) yield task;
  }
}

function* recent({ index, tasks }: FederationState, now: Timestamp): Generator<Task, void, undefined> {
  for (const [[at], id] of index.finished.entriesReversed()) {
    if (at < toMillis(now) - recentTime) return;
    const task = tasks.get(id);
    if (task !== undefined) yield task;
  }
}
