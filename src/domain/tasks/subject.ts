/** The work that a task judges, and who did that work. */
import type { FederationState } from '../federation-state.ts';
import { judgingTypes } from '../scheduling/rule.ts';
import type { AgentName, DependencyId, Task, TaskId } from './task.ts';
import { taskOrder } from './task-id.ts';

/** What is known of a task that may not be in the state yet. */
type Judged = Pick<Task, 'task_id' | 'subject'>;

/**
 * Testing and review are about the first thing they wait for, or where that
 * judges something itself (a review after testing), about the same work.
 * `earlier`: tasks of the same plan, which the state does not know yet.
 */
export function subjectOf(
  state: FederationState,
  type: string | null,
  dependencies: readonly DependencyId[],
  earlier: ReadonlyMap<TaskId, Judged> = new Map(),
): TaskId | null {
  const [first] = dependencies;
  if (first === undefined || type === null || !judgingTypes.has(type)) return null;
  const before = earlier.get(first) ?? state.tasks.get(first);
  return before?.subject ?? first;
}

/** Who does or did this work; of a task that has not begun, whom it is addressed to. */
export function doerOf(state: FederationState, id: TaskId): AgentName | null {
  const work = state.tasks.get(id);
  return work?.lease?.agent ?? work?.result?.by ?? work?.to_agent ?? null;
}

/** Who did finished work: the last to claim it; the operator may have closed it without. */
export function workerOf(work: Task): AgentName | null {
  return work.claims.at(-1)?.agent ?? work.result?.by ?? null;
}

/**
 * The work that this agent can give a verdict on by this review task: what its
 * subject has become. `null` where it is no review, or no verdict is possible
 * any more: the work has left the state, is not completed (it was sent back by
 * somebody else meanwhile), or is the agent's own.
 */
export function workToJudge(
  state: FederationState,
  { type, subject }: Pick<Task, 'type' | 'subject'>,
  reviewer: AgentName,
): Task | null {
  if (type !== 'review' || subject === null) return null;
  const work = state.tasks.get(newestForm(state, subject));
  return work?.status === 'completed' && workerOf(work) !== reviewer ? work : null;
}

/** The newest form of a piece of work: the last rework of it, or itself. */
export function newestForm(state: FederationState, id: TaskId): TaskId {
  let newest = id;
  for (let next = reworkOf(state, id); next !== undefined; next = reworkOf(state, next.task_id)) newest = next.task_id;
  return newest;
}

/** What a piece of work was sent back as. A cancelled rework will not be done and leaves the work as it is. */
export function reworkOf(state: FederationState, id: TaskId): Task | undefined {
  let newest: Task | undefined;
  for (const rework of state.index.reworksOf.get(id) ?? []) {
    const task = state.tasks.get(rework);
    if (task === undefined || task.status === 'cancelled') continue;
    if (newest === undefined || taskOrder(rework) > taskOrder(newest.task_id)) newest = task;
  }
  return newest;
}
