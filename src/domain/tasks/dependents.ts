/**
 * Unfinished tasks by what they depend on or wait for, satisfied or not. Folding asks for them, so they are kept from the
 * first event on; the other indexes are made when somebody asks (`task-indexes.ts`).
 */
import { isOpen } from './readiness.ts';
import type { DependencyId, Task, TaskId } from './task.ts';
import { addTo, dropFrom } from './id-sets.ts';

export class Dependents {
  readonly #tasks = new Map<DependencyId, Set<TaskId>>();

  get(id: DependencyId): ReadonlySet<TaskId> | undefined {
    return this.#tasks.get(id);
  }

  has(id: DependencyId): boolean {
    return this.#tasks.has(id);
  }

  entries(): IterableIterator<[DependencyId, ReadonlySet<TaskId>]> {
    return this.#tasks.entries();
  }

  update(before: Task | undefined, after: Task | undefined): void {
    const left = before !== undefined && isOpen(before) ? before : null;
    const entered = after !== undefined && isOpen(after) ? after : null;
    // Rows keep these lists as they are unless they change.
    if (left?.dependencies === entered?.dependencies && left?.wait_for === entered?.wait_for) return;
    if (left !== null) {
      for (const id of left.dependencies) dropFrom(this.#tasks, id, left.task_id);
      for (const id of left.wait_for) dropFrom(this.#tasks, id, left.task_id);
    }
    if (entered !== null) {
      for (const id of entered.dependencies) addTo(this.#tasks, id, entered.task_id);
      for (const id of entered.wait_for) addTo(this.#tasks, id, entered.task_id);
    }
  }
}
