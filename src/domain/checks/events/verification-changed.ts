import type { EventKind } from '../../event-kind.ts';
import { countChecked } from '../../metrics/count-outcome.ts';
import { endOfAttempt } from '../../metrics/outcome.ts';
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
  /**
   * Once for each task. That it is verified no longer says nothing of whoever did it: the check may be newer than the work.
   */
  count(state, { task_id, verified }) {
    const task = state.tasks.get(task_id);
    if (!verified || task?.result == null || task.history.some(({ what }) => what === 'verified')) return;
    const { attempt, by } = task.result;
    const outcome = endOfAttempt(task, attempt, by, 'success');
    const wasCounted = task.history.some(({ what }) => what === 'no longer verified');
    if (outcome !== null && !wasCounted) countChecked(state, task, outcome.agent, 'verified');
  },
  fold(state, { task_id, verified }, meta) {
    changeTask(state, task_id, (task) =>
      noted({ ...task, verified }, meta, verified ? 'verified' : 'no longer verified'),
    );
  },
  line: ({ task_id, verified }) => `${task_id} is ${verified ? 'verified' : 'no longer verified'}`,
  redact: 'nothing',
  news: 'each',
};
