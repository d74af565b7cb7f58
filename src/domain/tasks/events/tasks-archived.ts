import type { EventKind } from '../../event-kind.ts';
import type { TaskId } from '../task.ts';
import { plural } from '../../phrases.ts';

export interface TasksArchived {
  readonly type: 'tasks_archived';
  readonly task_ids: readonly TaskId[];
}

export const tasksArchived: EventKind<TasksArchived> = {
  type: 'tasks_archived',
  description: 'Old finished tasks left the state; their ids still resolve.',
  fold(state, { task_ids }) {
    for (const id of task_ids) {
      const task = state.tasks.get(id);
      if (task === undefined || task.status === 'pending' || task.status === 'in-progress') continue;
      state.archived.set({ task_id: id, status: task.status, on_failure: task.on_failure });
      state.tasks.delete(id);
    }
  },
  line: ({ task_ids }) => `archived ${plural(task_ids.length, 'finished task')}`,
  redact: 'nothing',
  news: 'none',
};
