/**
 * Which pending tasks wait because another has what they need: overlapping `paths`, or one of their `uses`, of a task in
 * hand; overlapping `paths` of finished work that has not landed, unless they go on from that work.
 * Derived from rows, like every index; what ends an attempt ends it here.
 */
import { isUnlanded } from '../landing/work.ts';
import { needsRoom, overlap } from './paths.ts';
import type { Task, TaskId } from './task.ts';

const none: readonly TaskId[] = [];

export class InUse {
  readonly #inHand = new Map<TaskId, Task>();
  readonly #pending = new Map<TaskId, Task>();
  /** Pending → the tasks in hand that it waits for. */
  readonly #blockers = new Map<TaskId, Set<TaskId>>();
  /** Of those in hand: finished work that has not landed. */
  readonly #unlanded = new Set<TaskId>();
  readonly #turned: (task: Task) => void;
  readonly #taskOf: (id: TaskId) => Task | undefined;

  /** `turned`: told of each other pending task that begins or ceases to wait. */
  constructor(turned: (task: Task) => void, taskOf: (id: TaskId) => Task | undefined) {
    this.#turned = turned;
    this.#taskOf = taskOf;
  }

  isBlocked(id: TaskId): boolean {
    return this.#blockers.has(id);
  }

  blockersOf(id: TaskId): readonly TaskId[] {
    const blockers = this.#blockers.get(id);
    return blockers === undefined ? none : [...blockers];
  }

  /** Pending tasks that wait for a task in hand. */
  *waiting(): Generator<Task> {
    for (const id of this.#blockers.keys()) {
      const task = this.#pending.get(id);
      if (task !== undefined) yield task;
    }
  }

  /** Pending tasks that wait for this one in hand, and for no other. */
  waitingOnlyFor(id: TaskId): Task[] {
    return [...this.waiting()].filter(({ task_id }) => {
      const blockers = this.#blockers.get(task_id);
      return blockers?.size === 1 && blockers.has(id);
    });
  }

  update(before: Task | undefined, after: Task | undefined): void {
    if (before !== undefined && needsRoom(before)) this.#leave(before, after);
    if (after !== undefined && needsRoom(after)) this.#enter(after);
    const isSame = before !== undefined && after !== undefined && sameOrigins(before, after);
    if (!isSame && this.#unlanded.size > 0) this.#lookAgain();
  }

  /** What goes on from what may have changed: few works wait to land, and few tasks say what they will change. */
  #lookAgain(): void {
    for (const task of this.#pending.values()) {
      const wasBlocked = this.isBlocked(task.task_id);
      for (const id of this.#unlanded) {
        const work = this.#inHand.get(id);
        if (work === undefined || id === task.task_id) continue;
        if (this.#keeps(work, task)) this.#block(task.task_id, id);
        else this.#free(task.task_id, id);
      }
      if (wasBlocked !== this.isBlocked(task.task_id)) this.#turned(task);
    }
  }

  #free(id: TaskId, held: TaskId): void {
    const blockers = this.#blockers.get(id);
    if (blockers?.delete(held) === true && blockers.size === 0) this.#blockers.delete(id);
  }

  #leave(before: Task, after: Task | undefined): void {
    const id = before.task_id;
    if (after === undefined || after.status !== 'pending' || !sameNeeds(before, after) || !sameOrigins(before, after)) {
      this.#pending.delete(id);
      this.#blockers.delete(id);
    }
    if (!this.#inHand.has(id) || (after !== undefined && holds(before) === holds(after) && sameNeeds(before, after)))
      return;
    this.#inHand.delete(id);
    this.#unlanded.delete(id);
    for (const [waiting, blockers] of Array.from(this.#blockers)) {
      if (!blockers.delete(id) || blockers.size > 0) continue;
      this.#blockers.delete(waiting);
      const task = this.#pending.get(waiting);
      if (task !== undefined) this.#turned(task);
    }
  }

  #enter(after: Task): void {
    const id = after.task_id;
    if (after.status === 'pending') {
      const isKnown = this.#pending.has(id);
      this.#pending.set(id, after);
      if (isKnown) return;
      for (const held of this.#inHand.values()) if (this.#keeps(held, after)) this.#block(id, held.task_id);
    } else if (holds(after) !== null) {
      const isKnown = this.#inHand.has(id);
      this.#inHand.set(id, after);
      if (holds(after) === 'work') this.#unlanded.add(id);
      if (isKnown) return;
      for (const task of this.#pending.values()) {
        if (task.task_id === id || !this.#keeps(after, task)) continue;
        if (this.#block(task.task_id, id)) this.#turned(task);
      }
    }
  }

  #keeps(held: Task, task: Task): boolean {
    if (holds(held) === 'attempt') return overlap(task, held);
    // Things are free again; files are until the work that changed them has landed.
    return (
      overlap({ paths: task.paths, uses: [] }, { paths: held.paths, uses: [] }) && !this.#goesOnFrom(task, held.task_id)
    );
  }

  /** It depends on, reviews or reworks that work, at any remove: its branch begins with it. */
  #goesOnFrom(task: Task, work: TaskId): boolean {
    const seen = new Set<TaskId>();
    const left: Task[] = [task];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const id of [next.subject, next.rework_of, next.caused_by.task_id, ...next.dependencies, ...next.wait_for]) {
        if (id === work) return true;
        const before = id === null || seen.has(id) ? undefined : this.#taskOf(id);
        if (before === undefined) continue;
        seen.add(before.task_id);
        left.push(before);
      }
    }
    return false;
  }

  /** Whether it waited for nothing before. */
  #block(id: TaskId, held: TaskId): boolean {
    const blockers = this.#blockers.get(id);
    if (blockers === undefined) this.#blockers.set(id, new Set([held]));
    else blockers.add(held);
    return blockers === undefined;
  }
}

/** Why it keeps others away: its attempt is under way, or its work has not landed. */
function holds({ status, work }: Task): 'attempt' | 'work' | null {
  if (status === 'in-progress') return 'attempt';
  return status === 'completed' && isUnlanded(work) ? 'work' : null;
}

function sameOrigins(a: Task, b: Task): boolean {
  // Its cause and what it reworks never change.
  return a.dependencies === b.dependencies && a.wait_for === b.wait_for && a.subject === b.subject;
}

/** Rows keep these lists as they are unless they change. */
function sameNeeds(a: Task, b: Task): boolean {
  return a.paths === b.paths && a.uses === b.uses;
}
