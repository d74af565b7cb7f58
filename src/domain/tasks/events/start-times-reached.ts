import type { EventKind } from '../../event-kind.ts';
import { changeTask, readied } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface StartTimesReached {
  readonly type: 'start_times_reached';
  readonly task_ids: readonly TaskId[];
}

export const startTimesReached: EventKind<StartTimesReached> = {
  type: 'start_times_reached',
  description: 'The start times of these tasks have passed.',
  fold(state, { task_ids }) {
    for (const id of task_ids) {
      changeTask(state, id, (task) =>
        task.starts_at === null ? task : readied({ ...task, starts_at: null }, task.starts_at),
      );
    }
  },
  line({ task_ids }) {
    const more = task_ids.length > 5 ? ` and ${task_ids.length - 5} more` : '';
    return `the time has come for ${task_ids.slice(0, 5).join(', ')}${more}`;
  },
  redact: 'nothing',
  news: 'none',
};
