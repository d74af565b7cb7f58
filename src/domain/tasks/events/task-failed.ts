import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countEnd } from '../../metrics/count-tasks.ts';
import { changeTask, finished, noted, settle } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface TaskFailed {
  readonly type: 'task_failed';
  readonly task_id: TaskId;
  readonly reason: string;
}

export const taskFailed: EventKind<TaskFailed> = {
  type: 'task_failed',
  description: 'A task failed for good: no attempt is left, or a retry is pointless.',
  count(state, { task_id }, meta) {
    if (state.tasks.has(task_id)) countEnd(state, 'failed', meta);
  },
  fold(state, { task_id, reason }, meta) {
    changeTask(state, task_id, (task) => noted(finished(task, 'failed', meta.at), meta, 'failed', reason));
    settle(state, task_id, meta.at);
  },
  line: ({ task_id, reason }) => `${task_id} failed for good: ${quoted(reason)}`,
  redact: 'nothing',
  news: { together: 'gave up' },
};
