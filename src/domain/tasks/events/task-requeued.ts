import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { countHandoffByPerson } from '../../metrics/count-tasks.ts';
import { changeTask, noted, nothing, readied, returned } from '../change-task.ts';
import { unmet } from '../dependencies.ts';
import { startOf } from '../new-task.ts';
import type { TaskId } from '../task.ts';

export interface TaskRequeued {
  readonly type: 'task_requeued';
  readonly task_id: TaskId;
  readonly reason: string | null;
}

export const taskRequeued: EventKind<TaskRequeued> = {
  type: 'task_requeued',
  description: 'The operator put a failed, cancelled or held task back in the queue.',
  count(state, { task_id }, meta) {
    const task = state.tasks.get(task_id);
    if (task !== undefined) countHandoffByPerson(state, task, meta);
  },
  fold(state, { task_id, reason }, meta) {
    changeTask(state, task_id, (task) => {
      const waiting_for = unmet(state, task.dependencies, task.wait_for);
      const starts_at = startOf(task, meta.at);
      const back = {
        ...returned(task),
        failed_attempts: 0,
        finished_at: null,
        starts_at,
        waiting_for,
        given_back: nothing,
      };
      return noted(readied({ ...back, ready_since: null }, meta.at), meta, 'requeued', reason ?? undefined);
    });
  },
  line: ({ task_id, reason }) => `requeued ${task_id}${because(reason)}`,
  redact: 'nothing',
  news: { together: 'requeued' },
};
