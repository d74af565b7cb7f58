/**
 * What is looked up about tasks other than by id, kept up to date from each
 * change of a task's row. Nothing here is stored, and folding needs none of it:
 * it is made from the rows when somebody first asks, since moving it with each
 * event of a long journal took a quarter of the time that reading that journal took.
 */
import { isForeign } from '../runs/origin.ts';
import BTreeModule from 'sorted-btree';
import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js';
import { toMillis } from '../time.ts';
import { isOpen, isReady } from './readiness.ts';
import { addTo, dropFrom } from './id-sets.ts';
import { InUse } from './in-use.ts';
import { ReadyIndex } from './ready-index.ts';
import { comparePlaces, type Place } from './claiming-order.ts';
import type { AgentName, DependencyId, Task, TaskId, TaskStatus } from './task.ts';
import { taskOrder } from './task-id.ts';
import { twinKey } from './twins.ts';

const BTree = BTreeModule.default;
type TimedTasks = InstanceType<typeof BTree<Place, TaskId>>;
const noPlace: Place = [Number.NEGATIVE_INFINITY, 0];
/** Of a tree that is made at once; as of the others. */
const nodeSize = 32;

export class TaskIndexes {
  readonly ready = new ReadyIndex();
  readonly byStatus: Readonly<Record<TaskStatus, Set<TaskId>>> = {
    pending: new Set(),
    'in-progress': new Set(),
    completed: new Set(),
    failed: new Set(),
    cancelled: new Set(),
  };
  /** Work in hand. What was reported done is not: it waits for its checks, and takes nobody's capacity. */
  readonly heldBy = new Map<AgentName, Set<TaskId>>();
  /** Reported done, and not settled by checks yet. */
  readonly reported = new Set<TaskId>();
  /** Unfinished tasks per addressee. */
  readonly openByAddressee = new Map<AgentName, number>();
  /** Pending tasks whose start time lies ahead, earliest first. */
  readonly starting: TimedTasks = new BTree(undefined, comparePlaces);
  #finished: TimedTasks = new BTree(undefined, comparePlaces);
  /** Pending tasks from elsewhere that nobody has approved. */
  readonly foreign = new Set<TaskId>();
  /** Unfinished tasks by what makes two of them twins. */
  readonly twins = new Map<number, Set<TaskId>>();
  /** That key by task: working it out takes longer than looking it up. */
  readonly #twinKeys = new Map<TaskId, number>();

  /** What waits for tasks in hand because of what both would change or use. */
  readonly inUse: InUse;
  readonly #onTurn: (id: TaskId) => void;

  /** `onTurn`: told of tasks that become ready, or cease to be, by what happens to another. */
  constructor(onTurn: (id: TaskId) => void = () => {}, taskOf: (id: TaskId) => Task | undefined = () => undefined) {
    this.inUse = new InUse((task) => this.#turned(task), taskOf);
    this.#onTurn = onTurn;
  }

  /** Could be claimed now, the federation's pause aside. */
  isReady(task: Task): boolean {
    return isReady(task) && !this.inUse.isBlocked(task.task_id);
  }

  /** What a pending task waits for: what its row says, and tasks in hand that have what it needs. */
  waitsFor(task: Task): readonly DependencyId[] {
    const blockers = this.inUse.blockersOf(task.task_id);
    return blockers.length === 0 ? task.waiting_for : [...new Set([...task.waiting_for, ...blockers])];
  }

  /** Work that was sent back → More than one where an earlier one was cancelled. */
  readonly reworksOf = new Map<TaskId, Set<TaskId>>();

  update(before: Task | undefined, after: Task | undefined): void {
    if (before !== undefined) this.#remove(before, after);
    this.inUse.update(before, after);
    if (after === undefined) return;
    this.#add(before, after);
    if (after.finished_at !== null && after.finished_at !== before?.finished_at) {
      this.#finished.set(place(after.finished_at, after), after.task_id);
    }
  }

  /** Takes in many at once, where there are none yet. */
  fill(tasks: Iterable<Task>): void {
    const all: { readonly at: Place; readonly id: TaskId }[] = [];
    for (const task of tasks) {
      this.inUse.update(undefined, task);
      this.#add(undefined, task);
      if (task.finished_at !== null) all.push({ at: place(task.finished_at, task), id: task.task_id });
    }
    all.sort((a, b) => comparePlaces(a.at, b.at));
    // One key each: the ids of more than ten million tasks in a day could share one.
    const ends = all.filter(({ at }, n) => comparePlaces(all[n - 1]?.at ?? noPlace, at) < 0);
    this.#finished = bulkLoad(
      ends.map(({ at }) => at),
      ends.map(({ id }) => id),
      nodeSize,
      comparePlaces,
    );
  }

  /** Finished tasks, oldest first. */
  get finished(): Pick<TimedTasks, 'entries' | 'entriesReversed' | 'minKey' | 'size' | 'values'> {
    return this.#finished;
  }

  #turned(task: Task): void {
    if (this.isReady(task)) this.ready.add(task);
    else this.ready.remove(task);
    this.#onTurn(task.task_id);
  }

  #remove(task: Task, after: Task | undefined): void {
    if (task.origin !== 'local') this.foreign.delete(task.task_id);
    if (isReady(task)) this.ready.remove(task);
    if (task.status !== after?.status) this.byStatus[task.status].delete(task.task_id);
    const holder = holderOf(task);
    if (holder !== null && (after === undefined || holderOf(after) !== holder))
      dropFrom(this.heldBy, holder, task.task_id);
    if (task.reported !== null && after?.reported == null) this.reported.delete(task.task_id);
    if (task.starts_at !== null && task.starts_at !== after?.starts_at)
      this.starting.delete(place(task.starts_at, task));
    if (task.finished_at !== null && task.finished_at !== after?.finished_at) {
      this.#finished.delete(place(task.finished_at, task));
    }
    if (after === undefined && isRework(task)) dropFrom(this.reworksOf, task.caused_by.task_id ?? '', task.task_id);
    if (!isOpen(task)) return;
    const closes = after === undefined || !isOpen(after);
    if (closes || after.to_agent !== task.to_agent) this.#countAddressee(task, -1);
    if (closes || !sameTwinKey(task, after)) this.#dropTwin(task.task_id);
  }

  #add(before: Task | undefined, task: Task): void {
    if (task.status === 'pending' && isForeign(task)) this.foreign.add(task.task_id);
    if (this.isReady(task)) this.ready.add(task);
    if (task.status !== before?.status) this.byStatus[task.status].add(task.task_id);
    const holder = holderOf(task);
    if (holder !== null && (before === undefined || holderOf(before) !== holder))
      addTo(this.heldBy, holder, task.task_id);
    if (task.reported !== null) this.reported.add(task.task_id);
    if (task.starts_at !== null && task.starts_at !== before?.starts_at) {
      this.starting.set(place(task.starts_at, task), task.task_id);
    }
    if (before === undefined && isRework(task)) addTo(this.reworksOf, task.caused_by.task_id ?? '', task.task_id);
    if (!isOpen(task)) return;
    const opens = before === undefined || !isOpen(before);
    if (opens || before.to_agent !== task.to_agent) this.#countAddressee(task, 1);
    if (opens || !sameTwinKey(before, task)) this.#addTwin(task);
  }

  #addTwin(task: Task): void {
    const key = twinKey(task);
    this.#twinKeys.set(task.task_id, key);
    addTo(this.twins, key, task.task_id);
  }

  #dropTwin(id: TaskId): void {
    const key = this.#twinKeys.get(id);
    if (key === undefined) return;
    this.#twinKeys.delete(id);
    dropFrom(this.twins, key, id);
  }

  #countAddressee(task: Task, by: 1 | -1): void {
    if (task.to_agent === null) return;
    const count = (this.openByAddressee.get(task.to_agent) ?? 0) + by;
    if (count === 0) this.openByAddressee.delete(task.to_agent);
    else this.openByAddressee.set(task.to_agent, count);
  }
}

/** Whose capacity it takes. */
function holderOf({ lease, reported }: Task): AgentName | null {
  return lease === null || reported !== null ? null : lease.agent;
}

/** What the key is made of is the same: it need not be worked out. */
function sameTwinKey(a: Task, b: Task): boolean {
  return a.to_agent === b.to_agent && a.type === b.type && a.description === b.description;
}

function isRework(task: Task): boolean {
  return task.rework_of !== null && task.caused_by.task_id !== null;
}

function place(at: string, task: Task): Place {
  return [toMillis(at), taskOrder(task.task_id)];
}
