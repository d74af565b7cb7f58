import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { changeTask, noted, readied } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface TaskApproved {
  readonly type: 'task_approved';
  readonly task_id: TaskId;
  readonly reason: string | null;
}

export const taskApproved: EventKind<TaskApproved> = {
  type: 'task_approved',
  description: 'The operator approved a task.',
  fold(state, { task_id, reason }, meta) {
    changeTask(state, task_id, (task) =>
      noted(readied({ ...task, approved_by: meta.by }, meta.at), meta, 'approved', reason ?? undefined),
    );
  },
  line: ({ task_id, reason }) => `approved ${task_id}${because(reason)}`,
  redact: 'nothing',
  news: { together: 'approved' },
};
