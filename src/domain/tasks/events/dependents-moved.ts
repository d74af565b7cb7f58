import type { EventKind } from '../../event-kind.ts';
import type { FederationState } from '../../federation-state.ts';
import { changeTask } from '../change-task.ts';
import { unmet } from '../dependencies.ts';
import type { Task, TaskId } from '../task.ts';

/** Tasks that waited, or would have gone on, after `from` now wait for `to`. */
export interface DependentsMoved {
  readonly type: 'dependents_moved';
  readonly from: TaskId;
  readonly to: TaskId;
  readonly task_ids: readonly TaskId[];
}

export const dependentsMoved: EventKind<DependentsMoved> = {
  type: 'dependents_moved',
  description: 'Tasks that depended on a piece of work now wait for its rework.',
  fold(state, { from, to, task_ids }) {
    for (const id of task_ids) changeTask(state, id, (task) => moved(state, task, from, to));
  },
  line: ({ from, to, task_ids }) => `${task_ids.join(', ')} now wait for ${to} instead of ${from}`,
  redact: 'nothing',
  news: 'none',
};

function moved(state: FederationState, task: Task, from: TaskId, to: TaskId): Task {
  const dependencies = [...new Set(task.dependencies.map((id) => (id === from ? to : id)))];
  const subject = task.subject === from ? to : task.subject;
  return { ...task, dependencies, subject, waiting_for: unmet(state, dependencies, task.wait_for), ready_since: null };
}
