/** One task with everything around it: its history, who holds it through which program, what waits for it. */
import { reworkOf } from '../domain/tasks/subject.ts';
import type { Task, TaskId } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { holdingOf } from './holding.ts';
import { runsOf } from './runs-view.ts';
import { doubtfulOf } from './task-rows.ts';
import { present, taskWithHistory } from './task-views.ts';

const mostRuns = 5;

export function taskInContext(federation: Federation, task: Task) {
  const state = federation.state();
  const blocked = (id: TaskId): readonly string[] => {
    const dependent = state.tasks.get(id);
    return dependent === undefined ? [] : state.index.waitsFor(dependent);
  };
  const holding = holdingOf(federation, task);
  return {
    ...taskWithHistory(state, task),
    ...present({
      held_through: holding?.client,
      runs: runsOf(state, task.task_id, federation.now()).slice(-mostRuns),
      held_silently: holding?.silent === true || null,
      doubtful: doubtfulOf(federation, task),
      blocks: [...(state.dependents.get(task.task_id) ?? [])].filter((id) => blocked(id).includes(task.task_id)),
      sent_back_as: reworkOf(state, task.task_id)?.task_id,
    }),
  };
}
