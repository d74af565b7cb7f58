/**
 * Which pending tasks wait because a task in hand has what they need: overlapping `paths`, or one of their `uses`.
 * Derived from rows, like every index; what ends an attempt ends it here.
 */
import { needsRoom, overlap } from './paths.ts';
import type { Task, TaskId } from './task.ts';

const none: readonly TaskId[] = [];

export class InUse {
  readonly #inHand = new Map<TaskId, Task>();
  readonly #pending = new Map<TaskId, Task>();
  /** Pending → the tasks in hand that it waits for. */
  readonly #blockers = new Map<TaskId, Set<TaskId>>();
  readonly #turned: (task: Task) => void;

  /** `turned`: told of each other pending task that begins or ceases to wait. */
  constructor(turned: (task: Task) => void) {
    this.#turned = turned;
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
  }

  #leave(before: Task, after: Task | undefined): void {
    const id = before.task_id;
    if (after === undefined || after.status !== 'pending' || !sameNeeds(before, after)) {
      this.#pending.delete(id);
      this.#blockers.delete(id);
    }
    if (!this.#inHand.has(id) || (after?.status === 'in-progress' && sameNeeds(before, after))) return;
    this.#inHand.delete(id);
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
      for (const held of this.#inHand.values()) if (overlap(after, held)) this.#block(id, held.task_id);
    } else if (after.status === 'in-progress') {
      const isKnown = this.#inHand.has(id);
      this.#inHand.set(id, after);
      if (isKnown) return;
      for (const task of this.#pending.values()) {
        if (task.task_id === id || !overlap(task, after)) continue;
        if (this.#block(task.task_id, id)) this.#turned(task);
      }
    }
  }

  /** Whether it waited for nothing before. */
  #block(id: TaskId, held: TaskId): boolean {
    const blockers = this.#blockers.get(id);
    if (blockers === undefined) this.#blockers.set(id, new Set([held]));
    else blockers.add(held);
    return blockers === undefined;
  }
}

/** Rows keep these lists as they are unless they change. */
function sameNeeds(a: Task, b: Task): boolean {
  return a.paths === b.paths && a.uses === b.uses;
}
