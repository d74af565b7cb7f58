import type { EventKind } from '../../event-kind.ts';
import { changeTask, readied } from '../change-task.ts';
import type { TaskId } from '../task.ts';
import { listed } from '../../phrases.ts';

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
  line: ({ task_ids }) => `start time reached: ${listed(task_ids)}`,
  redact: 'nothing',
  news: 'none',
};
