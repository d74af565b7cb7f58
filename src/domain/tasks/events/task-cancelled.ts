import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countEnd } from '../../metrics/count-tasks.ts';
import { changeTask, finished, noted, settle } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface TaskCancelled {
  readonly type: 'task_cancelled';
  readonly task_id: TaskId;
  readonly reason: string;
  /** The task whose failure or cancellation took this one along. */
  readonly because_of: TaskId | null;
}

/** What stands for the reason that a person need not give. */
export const unsaidReason = 'no reason given';

export const taskCancelled: EventKind<TaskCancelled> = {
  type: 'task_cancelled',
  description: 'A task was cancelled.',
  count(state, { task_id }, meta) {
    if (state.tasks.has(task_id)) countEnd(state, 'cancelled', meta);
  },
  fold(state, { task_id, reason }, meta) {
    changeTask(state, task_id, (task) => noted(finished(task, 'cancelled', meta.at), meta, 'cancelled', reason));
    settle(state, task_id, meta.at);
  },
  line: ({ task_id, reason }) => `cancelled ${task_id}${reason === unsaidReason ? '' : `: ${quoted(reason)}`}`,
  redact: 'nothing',
  news: { together: 'cancelled' },
};
