/** Pages of tasks, filtered. Newest first unless asked otherwise; ready tasks in claiming order. */
import type { Attendance } from '../domain/agents/attendance.ts';
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { fitOf } from '../domain/tasks/claim-task.ts';
import { priorities, type Task, type TaskStatus } from '../domain/tasks/task.ts';
import { taskOrder } from '../domain/tasks/task-id.ts';
import { checkAddressee } from '../domain/tasks/validate-request.ts';
import { isOpen, isReady } from '../domain/tasks/readiness.ts';
import type { Timestamp } from '../domain/time.ts';
import { briefTask, fullTask, type TaskBrief, type TaskInFull } from './task-views.ts';

/** oldest: queued first; deadline: the nearest first, tasks without one last. */
export const taskSorts = ['newest', 'oldest', 'priority', 'deadline'] as const;
export type TaskSort = (typeof taskSorts)[number];

export interface TaskFilter {
  readonly status?: TaskStatus | readonly TaskStatus[] | undefined;
  readonly to_agent?: string | undefined;
  readonly from_agent?: string | undefined;
  readonly held_by?: string | undefined;
  readonly type?: string | undefined;
  /** Words that the description must contain, in any case. */
  readonly text?: string | undefined;
  readonly ready?: boolean | undefined;
  /** Open, and its deadline has passed. */
  readonly overdue?: boolean | undefined;
  /** Queued before this. */
  readonly before?: Timestamp | undefined;
  readonly sort?: TaskSort | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly detail?: 'brief' | 'full' | undefined;
}

export interface TaskPage {
  readonly items: readonly (TaskBrief | TaskInFull)[];
  readonly total: number;
  readonly next_cursor?: string;
}

const usualPage = 20;

export function listTasks(state: FederationState, attendance: Attendance, filter: TaskFilter): TaskPage {
  const { tasks, ...page } = pageOfTasks(state, attendance, filter);
  return { items: filter.detail === 'full' ? tasks.map(fullTask) : tasks.map(briefTask), ...page };
}

/** The tasks themselves, for views that show more of them than agents are given. */
export function pageOfTasks(state: FederationState, attendance: Attendance, filter: TaskFilter) {
  const limit = filter.limit ?? usualPage;
  for (const name of [filter.to_agent, filter.held_by]) if (name !== undefined) checkAddressee(attendance.config, name);
  const after = filter.cursor === undefined ? null : readCursor(filter.cursor);
  const matching = sorted(
    candidates(state, attendance, filter).filter((task) => matches(task, filter, attendance.now)),
    filter.sort,
  );
  const start = after === null ? 0 : matching.findIndex((task) => task.task_id === after) + 1;
  const from = after !== null && start === 0 ? resumeAfter(state, matching, after, filter.sort) : start;
  const page = matching.slice(from, from + limit);
  const last = page.at(-1);
  const more = from + page.length < matching.length && last !== undefined;
  return {
    tasks: page,
    total: matching.length,
    ...(more ? { next_cursor: writeCursor(last.task_id) } : {}),
  };
}

/** The smallest set an index gives; the filters do the rest. */
function candidates(state: FederationState, attendance: Attendance, filter: TaskFilter): Task[] {
  const { index, tasks } = state;
  if (filter.ready === true && filter.to_agent !== undefined) {
    const fit = fitOf(state, attendance, filter.to_agent);
    return index.ready.next(fit, index.ready.count(fit));
  }
  if (filter.held_by !== undefined) return newestFirst(state, index.heldBy.get(filter.held_by) ?? []);
  const [status, ...more] = statusesIn(filter) ?? [];
  const only = more.length === 0 ? status : undefined;
  const ids = filter.ready === true ? index.byStatus.pending : only && index.byStatus[only];
  // Rows are kept in the order of queueing, so reading all of them backwards beats sorting a large part of them.
  if (ids === undefined || ids.size * 16 > tasks.size) return [...tasks.values()].reverse();
  return newestFirst(state, ids);
}

function newestFirst(state: FederationState, ids: Iterable<string>): Task[] {
  return [...ids]
    .map((id) => ({ id, order: taskOrder(id) }))
    .sort((a, b) => b.order - a.order)
    .flatMap(({ id }) => state.tasks.get(id) ?? []);
}

function statusesIn({ status }: TaskFilter): readonly TaskStatus[] | undefined {
  return typeof status === 'string' ? [status] : status;
}

function matches(task: Task, filter: TaskFilter, now: Timestamp): boolean {
  if (statusesIn(filter)?.includes(task.status) === false) return false;
  if (filter.overdue !== undefined && isOverdue(task, now) !== filter.overdue) return false;
  if (filter.before !== undefined && task.created_at >= filter.before) return false;
  if (filter.ready !== undefined && isReady(task) !== filter.ready) return false;
  // With `ready`, "for this agent" includes what it may take unaddressed.
  if (filter.to_agent !== undefined && filter.ready !== true && task.to_agent !== filter.to_agent) return false;
  if (filter.from_agent !== undefined && task.from_agent !== filter.from_agent) return false;
  if (filter.held_by !== undefined && task.lease?.agent !== filter.held_by) return false;
  if (filter.type !== undefined && task.type !== filter.type) return false;
  if (filter.text === undefined) return true;
  const text = task.description.toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function isOverdue(task: Task, now: Timestamp): boolean {
  return task.deadline !== null && task.deadline <= now && isOpen(task);
}

/** Differences that leave tasks in the order they come in, the newest first. */
const orders: Readonly<Record<Exclude<TaskSort, 'newest'>, (a: Task, b: Task) => number>> = {
  oldest: (a, b) => taskOrder(a.task_id) - taskOrder(b.task_id),
  priority: (a, b) => priorities.indexOf(b.priority) - priorities.indexOf(a.priority),
  deadline: (a, b) => compareTexts(a.deadline ?? never, b.deadline ?? never),
};
/** After every time. */
const never = '~';

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(tasks: Task[], sort: TaskSort | undefined): Task[] {
  return sort === undefined || sort === 'newest' ? tasks : tasks.toSorted(orders[sort]);
}

/** The task that ended the last page is gone from the list: go on behind its place. */
function resumeAfter(state: FederationState, matching: readonly Task[], id: string, sort: TaskSort = 'newest'): number {
  const order = taskOrder(id);
  const gone = state.tasks.get(id);
  const next = matching.findIndex((task) => {
    const difference = sort === 'newest' || gone === undefined ? 0 : orders[sort](task, gone);
    return difference === 0 ? taskOrder(task.task_id) < order : difference > 0;
  });
  return next === -1 ? matching.length : next;
}

function writeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function readCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (/^task-\d{4}-\d{2}-\d{2}-\d{3,}$/.test(id)) return id;
  throw new CallerError(
    'invalid',
    'cursor: expected the next_cursor of an earlier page',
    'Leave cursor out to begin with the first page.',
  );
}
