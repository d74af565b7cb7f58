/** The queue by state, and every row of it for a browser that keeps them. */
import type { FederationState } from '../../domain/federation-state.ts';
import { fitOfAll } from '../../domain/tasks/claiming-order.ts';
import { isOpen } from '../../domain/tasks/readiness.ts';
import type { Task, TaskId } from '../../domain/tasks/task.ts';
import { day, type Timestamp, toMillis } from '../../domain/time.ts';
import type { Federation } from '../../federation.ts';
import { recentTime } from '../overview.ts';
import { type TaskRow, taskRow } from '../task-rows.ts';
import type { ColumnName, PageOf, QueueColumn } from './page.ts';

/** Rows of a column in the first answer; the browser fetches the rest. */
const firstRows = 40;
/** Rows of finished tasks that a board ever shows. */
const mostDone = 500;

export function queuePage(federation: Federation): PageOf<'queue'> {
  const state = federation.state();
  const { index } = state;
  const { agents, operator, people } = federation.config;
  const everyone = [...Object.keys(agents), operator, ...people, ...index.openByAddressee.keys()];
  const column = (total: number, tasks: readonly Task[]): QueueColumn => ({
    total,
    rows: tasks.map((task) => taskRow(federation, task)),
  });
  const waiting = take(index.byStatus.pending, (id) => {
    const task = state.tasks.get(id);
    return task === undefined || index.isReady(task) ? null : task;
  });
  const inHand = [...index.byStatus['in-progress']].flatMap((id) => state.tasks.get(id) ?? []);
  const checking = inHand.filter(({ reported }) => reported !== null);
  const done: Task[] = [];
  let doneTotal = 0;
  for (const [[at], id] of index.finished.entriesReversed()) {
    if (at < toMillis(federation.now()) - day || doneTotal >= mostDone) break;
    doneTotal += 1;
    const task = done.length < firstRows ? state.tasks.get(id) : undefined;
    if (task !== undefined) done.push(task);
  }
  const columns: Record<ColumnName, QueueColumn> = {
    waiting: column(index.byStatus.pending.size - index.ready.size, waiting),
    ready: column(index.ready.size, index.ready.next(fitOfAll([...new Set(everyone)]), firstRows)),
    in_progress: column(
      inHand.length - checking.length,
      inHand.filter(({ reported }) => reported === null).slice(0, firstRows),
    ),
    checking: column(checking.length, checking.slice(0, firstRows)),
    done: column(doneTotal, done),
  };
  const types = new Set([...Object.values(agents).flatMap((agent) => agent.types), ...state.metrics.types.keys()]);
  return {
    page: 'queue',
    columns,
    asking: [...state.escalations.values()].flatMap(({ kind, task_id }) =>
      kind === 'question' && task_id !== null ? [task_id] : [],
    ),
    types: [...types].filter((type) => type !== '').sort(),
    people: [operator, ...people],
  };
}

function take(ids: Iterable<TaskId>, pick: (id: TaskId) => Task | null): Task[] {
  const found: Task[] = [];
  for (const id of ids) {
    const task = pick(id);
    if (task !== null) found.push(task);
    if (found.length === firstRows) break;
  }
  return found;
}

/** Every row of the queue, for a browser that keeps them. `ids`: only those that changed; null stands for one that is gone. */
export function queueRows(
  federation: Federation,
  ids: readonly string[] | null,
): Readonly<Record<string, TaskRow | null>> {
  const state = federation.state();
  const wanted = ids ?? [...allShown(state, federation.now())];
  const oldest = new Date(toMillis(federation.now()) - recentTime).toISOString();
  return Object.fromEntries(
    wanted.map((id) => {
      const task = state.tasks.get(id);
      const isShown = task !== undefined && (isOpen(task) || (task.finished_at ?? '') >= oldest);
      return [id, isShown ? taskRow(federation, task) : null];
    }),
  );
}

function* allShown(state: FederationState, now: Timestamp): Generator<TaskId> {
  yield* state.index.byStatus.pending;
  yield* state.index.byStatus['in-progress'];
  let count = 0;
  for (const [[at], id] of state.index.finished.entriesReversed()) {
    if (at < toMillis(now) - recentTime || ++count > mostDone) return;
    yield id;
  }
}
