import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface VerificationChanged {
  readonly type: 'verification_changed';
  readonly task_id: TaskId;
  readonly verified: boolean;
}

export const verificationChanged: EventKind<VerificationChanged> = {
  type: 'verification_changed',
  description: 'Checks of completed work were run again, and it is verified now, or no longer.',
  fold(state, { task_id, verified }, meta) {
    changeTask(state, task_id, (task) =>
      noted({ ...task, verified }, meta, verified ? 'verified' : 'no longer verified'),
    );
  },
  line: ({ task_id, verified }) => `${task_id} is ${verified ? 'verified' : 'no longer verified'}`,
  redact: 'nothing',
  news: 'each',
};
