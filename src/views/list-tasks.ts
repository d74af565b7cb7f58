/** Pages of tasks, filtered. Newest first unless asked otherwise; ready tasks in claiming order. */
import { z } from 'zod';
import type { Attendance } from '../domain/agents/attendance.ts';
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { fitOf } from '../domain/tasks/fit.ts';
import { type Fit, placeOf } from '../domain/tasks/claiming-order.ts';
import { priorities, type Task, type TaskStatus } from '../domain/tasks/task.ts';
import { taskOrder } from '../domain/tasks/task-id.ts';
import { checkAddressee } from '../domain/tasks/validate-request.ts';
import { isOpen } from '../domain/tasks/readiness.ts';
import { type Timestamp, toMillis } from '../domain/time.ts';
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
  const view = filter.detail === 'full' ? fullTask : briefTask;
  return { items: tasks.map((task) => view(state, task)), ...page };
}

/** The tasks themselves, for views that show more of them than agents are given. */
export function pageOfTasks(state: FederationState, attendance: Attendance, filter: TaskFilter) {
  const limit = filter.limit ?? usualPage;
  for (const name of [filter.to_agent, filter.held_by]) if (name !== undefined) checkAddressee(attendance.config, name);
  // Who has left the roster may still have queued what is listed.
  const { from_agent } = filter;
  if (from_agent !== undefined && !state.activity.has(from_agent)) checkAddressee(attendance.config, from_agent);
  const fit = filter.ready === true && filter.to_agent !== undefined ? fitOf(state, attendance, filter.to_agent) : null;
  const { ready } = state.index;
  const listed = fit === null ? candidates(state, filter) : ready.next(fit, ready.count(fit));
  const order = fit === null || filter.sort !== undefined ? orders[filter.sort ?? 'newest'] : claiming(fit);
  const after = filter.cursor === undefined ? null : readCursor(order, filter.cursor);
  // Where nothing else is asked for they come in the order that is wanted, and the rest need not be looked at.
  const counted = filter.sort === undefined ? countOf(state, filter) : null;
  const found = matching(listed, matcher(state, filter, attendance.now));
  const page: Task[] = [];
  let total = 0;
  for (const task of filter.sort === undefined ? found : [...found].sort(byPlace(order))) {
    total += 1;
    if (page.length <= limit && (after === null || isBehind(order.placeOf(task), after))) page.push(task);
    if (counted !== null && page.length > limit) break;
  }
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  return {
    tasks: shown,
    total: counted ?? total,
    ...(page.length > limit && last !== undefined ? { next_cursor: writeCursor(order, last) } : {}),
  };
}

/** How many there are, where that is known without a look at each. */
function countOf({ tasks, index }: FederationState, filter: TaskFilter): number | null {
  const { limit: _limit, cursor: _cursor, detail: _detail, status, ...others } = filter;
  if (Object.values(others).some((value) => value !== undefined)) return null;
  const statuses = statusesIn({ status });
  if (statuses === undefined) return tasks.size;
  return [...new Set(statuses)].reduce((sum, each) => sum + index.byStatus[each].size, 0);
}

function* matching(listed: Iterable<Task>, matches: (task: Task) => boolean): Generator<Task, void> {
  for (const task of listed) if (matches(task)) yield task;
}

/** The smallest set an index gives; the filters do the rest. */
function candidates(state: FederationState, filter: TaskFilter): Iterable<Task> {
  const { index, tasks } = state;
  if (filter.held_by !== undefined) return newestFirst(state, index.heldBy.get(filter.held_by) ?? []);
  const [status, ...more] = statusesIn(filter) ?? [];
  const only = more.length === 0 ? status : undefined;
  const ids = filter.ready === true ? index.byStatus.pending : only && index.byStatus[only];
  // Rows are kept in the order of queueing, so reading all of them backwards beats sorting a large part of them.
  if (ids === undefined || ids.size * 16 > tasks.size) return tasks.newestFirst();
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

function matcher({ index }: FederationState, filter: TaskFilter, now: Timestamp): (task: Task) => boolean {
  const statuses = statusesIn(filter);
  const words = filter.text?.toLowerCase().split(/\s+/) ?? [];
  return (task) => {
    if (statuses?.includes(task.status) === false) return false;
    if (filter.overdue !== undefined && isOverdue(task, now) !== filter.overdue) return false;
    if (filter.before !== undefined && task.created_at >= filter.before) return false;
    if (filter.ready !== undefined && index.isReady(task) !== filter.ready) return false;
    // With `ready`, "for this agent" includes what it may take unaddressed.
    if (filter.to_agent !== undefined && filter.ready !== true && task.to_agent !== filter.to_agent) return false;
    if (filter.from_agent !== undefined && task.from_agent !== filter.from_agent) return false;
    if (filter.held_by !== undefined && task.lease?.agent !== filter.held_by) return false;
    if (filter.type !== undefined && task.type !== filter.type) return false;
    if (words.length === 0) return true;
    const text = task.description.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

export function isOverdue(task: Task, now: Timestamp): boolean {
  return task.deadline !== null && task.deadline <= now && isOpen(task);
}

/** How a list is sorted: a cursor names a place in it, which stays one when the task that stood there has gone. */
interface Order {
  readonly name: string;
  readonly placeOf: (task: Task) => readonly number[];
}

const orders: Readonly<Record<TaskSort, Order>> = {
  newest: { name: 'newest', placeOf: ({ task_id }) => [-taskOrder(task_id)] },
  oldest: { name: 'oldest', placeOf: ({ task_id }) => [taskOrder(task_id)] },
  priority: {
    name: 'priority',
    placeOf: ({ priority, task_id }) => [-priorities.indexOf(priority), -taskOrder(task_id)],
  },
  deadline: {
    name: 'deadline',
    placeOf: ({ deadline, task_id }) => [
      deadline === null ? Number.MAX_SAFE_INTEGER : toMillis(deadline),
      -taskOrder(task_id),
    ],
  },
};

function byPlace({ placeOf: place }: Order): (a: Task, b: Task) => number {
  return (a, b) => (isBehind(place(a), place(b)) ? 1 : -1);
}

/** In which the ready index hands tasks to whom this fit describes. */
function claiming(fit: Fit): Order {
  return {
    name: 'ready',
    placeOf: (task) => [
      -priorities.indexOf(task.priority),
      fit.own.includes(task.to_agent ?? '') ? 0 : 1,
      ...placeOf(task),
    ],
  };
}

function isBehind(place: readonly number[], after: readonly number[]): boolean {
  const at = place.findIndex((part, index) => part !== after[index]);
  return at !== -1 && (place[at] ?? 0) > (after[at] ?? 0);
}

function writeCursor({ name, placeOf: place }: Order, task: Task): string {
  return Buffer.from(JSON.stringify([name, ...place(task)])).toString('base64url');
}

const cursorForm = z.tuple([z.string()], z.number());

function readCursor({ name }: Order, cursor: string): number[] {
  const form = cursorForm.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (form.success && form.data[0] === name) return form.data.slice(1).filter((part) => typeof part === 'number');
  throw new CallerError(
    'invalid',
    'cursor: expected the next_cursor of an earlier page of the same list',
    'Leave cursor out to begin with the first page.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
