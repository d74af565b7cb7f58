/** When a dependency is satisfied, a wait settled, and what would go round in a circle. */
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import type { ArchivedVote, Vote } from '../votes/vote-state.ts';
import { isUnlanded } from '../landing/work.ts';
import { overlap } from './paths.ts';
import { isReady } from './readiness.ts';
import { inboxNumber } from './task-id.ts';
import type { ArchivedTask, DependencyId, Task, TaskId } from './task.ts';

export function taskStanding(state: FederationState, id: DependencyId): Task | ArchivedTask | undefined {
  return state.tasks.get(id) ?? state.archived.get(id);
}

export function voteStanding(state: FederationState, id: DependencyId): Vote | ArchivedVote | undefined {
  return state.votes.get(id) ?? state.archivedVotes.get(id);
}

export function dependencyExists(state: FederationState, id: DependencyId): boolean {
  return (taskStanding(state, id) ?? voteStanding(state, id)) !== undefined;
}

export function isSatisfied(state: FederationState, id: DependencyId): boolean {
  const task = taskStanding(state, id);
  if (task === undefined) {
    const vote = voteStanding(state, id);
    return vote?.status === 'decided' || vote?.continued === true;
  }
  if (task.status === 'completed') return true;
  return (task.status === 'failed' || task.status === 'cancelled') && task.on_failure === 'continue';
}

export function isSettled(state: FederationState, id: DependencyId): boolean {
  const task = taskStanding(state, id);
  if (task !== undefined) return task.status !== 'pending' && task.status !== 'in-progress';
  // A question that a task waits for is over when nobody is asked any more.
  if (inboxNumber(id) !== null) return !state.escalations.has(id);
  const status = voteStanding(state, id)?.status;
  return status === 'decided' || status === 'cancelled';
}

/** What still keeps a task with these dependencies and waits from being ready. */
export function unmet(
  state: FederationState,
  dependencies: readonly DependencyId[],
  waits: readonly DependencyId[],
): DependencyId[] {
  const open = new Set<DependencyId>();
  for (const id of dependencies) if (!isSatisfied(state, id)) open.add(id);
  for (const id of waits) if (!isSettled(state, id)) open.add(id);
  return [...open];
}

/** Pending tasks that have `id` among what they still wait for. */
export function* waitingOn(state: FederationState, id: DependencyId): Generator<Task> {
  for (const dependent of state.dependents.get(id) ?? []) {
    const task = state.tasks.get(dependent);
    if (task?.status === 'pending' && task.waiting_for.includes(id)) yield task;
  }
}

/** The tasks that become ready when `id` completes (or ends otherwise, as `settles` says). */
export function unblockedBy(state: FederationState, id: TaskId, ends: 'satisfied' | 'settled'): TaskId[] {
  const unblocked: TaskId[] = [];
  for (const task of waitingOn(state, id)) {
    if (ends === 'settled' && task.dependencies.includes(id)) continue;
    const startable = task.starts_at === null && (!task.needs_approval || task.approved_by !== null);
    const isFree = state.index.inUse.blockersOf(task.task_id).every((blocker) => blocker === id);
    if (task.waiting_for.length === 1 && startable && isFree) unblocked.push(task.task_id);
  }
  // What waited for its files, and for nothing else.
  const ended = state.tasks.get(id);
  const stays = ended !== undefined && isUnlanded(ended.work);
  for (const task of state.index.inUse.waitingOnlyFor(id)) {
    // Its files are free once its work has landed.
    if (isReady(task) && !(stays && overlap({ ...task, uses: [] }, { ...ended, uses: [] })))
      unblocked.push(task.task_id);
  }
  return unblocked;
}

/**
 * The circle that waiting of `task` for `target` would close, or null: the
 * path from `target` along what it waits for that leads back to `task`.
 */
export function circleThrough(state: FederationState, task: TaskId, target: DependencyId): TaskId[] | null {
  const cameFrom = new Map<DependencyId, DependencyId>();
  const open: DependencyId[] = [target];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === task) return pathBack(cameFrom, task, target);
    for (const next of state.tasks.get(id)?.waiting_for ?? []) {
      if (next === target || cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      open.push(next);
    }
  }
  return null;
}

function pathBack(cameFrom: ReadonlyMap<string, string>, task: TaskId, target: DependencyId): TaskId[] {
  const path = [task];
  for (let id = cameFrom.get(task); id !== undefined; id = cameFrom.get(id)) path.push(id);
  if (path.at(-1) !== target) path.push(target);
  return [task, ...path.reverse()];
}

/**
 * A circle among named nodes and what each of them waits for, or null. Edges
 * to names that are not nodes are ignored. Iterative: an import may be deep.
 */
export function findCircle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const finished = new Set<string>();
  for (const start of edges.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.next === 0) {
        if (finished.has(top.name)) {
          stack.pop();
          continue;
        }
        path.push(top.name);
        onPath.add(top.name);
      }
      const target = edges.get(top.name)?.[top.next++];
      if (target === undefined) {
        finished.add(top.name);
        onPath.delete(top.name);
        path.pop();
        stack.pop();
      } else if (onPath.has(target)) {
        return [...path.slice(path.indexOf(target)), target];
      } else if (edges.has(target)) {
        stack.push({ name: target, next: 0 });
      }
    }
  }
  return null;
}

export function cycleError(circle: readonly string[]): CallerError {
  const shown = circle.length > 12 ? [...circle.slice(0, 11), '…', circle.at(-1)] : circle;
  return new CallerError('cycle', `Dependency cycle: ${shown.join(' → ')}.`, 'Remove one of these dependencies.');
}
