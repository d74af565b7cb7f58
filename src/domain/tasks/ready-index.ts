/**
 * The ready tasks, ordered for claiming: highest priority first; within a
 * priority, addressed to the caller before the rest; then longest ready.
 *
 * One ordered set per (addressee, priority, type); a claim compares the heads
 * of the few sets that fit the caller, so its time does not grow with the queue.
 */
import BTreeModule from 'sorted-btree';
import { comparePlaces, type Fit, fitsLane, type Place, placeOf } from './claiming-order.ts';
import type { Priority, Task } from './task.ts';
import { needsRoom } from './paths.ts';

const BTree = BTreeModule.default;

type Lane = InstanceType<typeof BTree<Place, Task>>;

const byUrgency: readonly Priority[] = ['critical', 'high', 'normal', 'low'];

export class ReadyIndex {
  /** addressee ('' for nobody) → priority → type ('' for none) → tasks. */
  readonly #lanes = new Map<string, Map<Priority, Map<string, Lane>>>();
  /** Ready tasks that some may take and are not handed: few, so that counting can look at each. */
  readonly #withExceptions = new Set<Task>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(task: Task): void {
    let priorities = this.#lanes.get(task.to_agent ?? '');
    if (priorities === undefined)
      this.#lanes.set(task.to_agent ?? '', (priorities = new Map<Priority, Map<string, Lane>>()));
    let types = priorities.get(task.priority);
    if (types === undefined) priorities.set(task.priority, (types = new Map<string, Lane>()));
    let lane = types.get(task.type ?? '');
    if (lane === undefined) types.set(task.type ?? '', (lane = new BTree<Place, Task>(undefined, comparePlaces)));
    if (lane.set(placeOf(task), task)) this.#size++;
    if (hasExceptions(task)) this.#withExceptions.add(task);
  }

  remove(task: Task): void {
    const types = this.#lanes.get(task.to_agent ?? '')?.get(task.priority);
    const lane = types?.get(task.type ?? '');
    this.#withExceptions.delete(task);
    if (types === undefined || lane === undefined || !lane.delete(placeOf(task))) return;
    this.#size--;
    // Types are free text from callers: empty lanes must not pile up.
    if (lane.size === 0) types.delete(task.type ?? '');
  }

  /** The task a caller gets next. `longestReady`: whatever its priority. */
  best(fit: Fit, longestReady: boolean): Task | undefined {
    if (longestReady) return earliest([...this.#heads(fit, 'own'), ...this.#heads(fit, 'others')]);
    for (const priority of byUrgency) {
      const task = earliest(this.#heads(fit, 'own', priority)) ?? earliest(this.#heads(fit, 'others', priority));
      if (task !== undefined) return task;
    }
    return undefined;
  }

  /** The next tasks in claiming order, at most `limit`. */
  next(fit: Fit, limit: number): Task[] {
    const found: Task[] = [];
    for (const priority of byUrgency) {
      for (const tier of ['own', 'others'] as const) {
        const tasks: Task[] = [];
        for (const lane of this.#lanesOf(fit, tier, priority)) {
          let taken = 0;
          for (const task of lane.values()) {
            if (taken >= limit) break;
            if (fit.skips?.(task) === true) continue;
            tasks.push(task);
            taken++;
          }
        }
        tasks.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
        found.push(...tasks);
        if (found.length >= limit) return found.slice(0, limit);
      }
    }
    return found;
  }

  /** How many fit. */
  count(fit: Fit): number {
    let count = 0;
    for (const lane of this.#lanesOf(fit, 'own')) count += lane.size;
    for (const lane of this.#lanesOf(fit, 'others')) count += lane.size;
    for (const task of this.#withExceptions) {
      if (fit.skips?.(task) === true && fitsLane(fit, task.to_agent ?? '', task.type ?? '')) count -= 1;
    }
    return count;
  }

  /** Since when the longest-waiting task of all has been ready, in ms. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const priorities of this.#lanes.values()) {
      for (const types of priorities.values()) {
        for (const lane of types.values()) {
          const since = lane.minKey()?.[0];
          if (since !== undefined && (oldest === undefined || since < oldest)) oldest = since;
        }
      }
    }
    return oldest;
  }

  /** Tasks that have been ready since before `since` (ms), of addressees and types that are out of reach, oldest first. */
  *readySince(since: number, isInReach: (addressee: string, type: string) => boolean): Generator<Task> {
    for (const [addressee, priorities] of this.#lanes) {
      for (const types of priorities.values()) {
        for (const [type, lane] of types) {
          if ((lane.minKey()?.[0] ?? since) >= since) continue;
          if (isInReach(addressee, type)) continue;
          for (const [[at], task] of lane.entries()) {
            if (at >= since) break;
            yield task;
          }
        }
      }
    }
  }

  *#heads(fit: Fit, tier: 'own' | 'others', priority?: Priority): Generator<Task> {
    for (const lane of this.#lanesOf(fit, tier, priority)) {
      for (const task of lane.values()) {
        if (fit.skips?.(task) === true) continue;
        yield task;
        break;
      }
    }
  }

  *#lanesOf(fit: Fit, tier: 'own' | 'others', priority?: Priority): Generator<Lane> {
    for (const addressee of tier === 'own' ? fit.own : ['', ...fit.standby]) {
      for (const [lanePriority, types] of this.#lanes.get(addressee) ?? []) {
        if (priority !== undefined && lanePriority !== priority) continue;
        for (const [type, lane] of types) {
          if (fitsLane(fit, addressee, type)) yield lane;
        }
      }
    }
  }
}

function hasExceptions(task: Task): boolean {
  return task.given_back.length > 0 || needsRoom(task);
}

function earliest(tasks: Iterable<Task>): Task | undefined {
  let best: Task | undefined;
  for (const task of tasks) {
    if (best === undefined || comparePlaces(placeOf(task), placeOf(best)) < 0) best = task;
  }
  return best;
}
