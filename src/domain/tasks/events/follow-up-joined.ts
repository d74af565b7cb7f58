import type { EventKind } from '../../event-kind.ts';
import { changeTask, withFollowUp } from '../change-task.ts';
import type { TaskId } from '../task.ts';

/** A rule fired, and what it would have queued was there already. */
export interface FollowUpJoined {
  readonly type: 'follow_up_joined';
  /** The finished task. */
  readonly task_id: TaskId;
  readonly rule: string;
  readonly joined: TaskId;
}

export const followUpJoined: EventKind<FollowUpJoined> = {
  type: 'follow_up_joined',
  description: 'A rule fired, but an identical task is already open.',
  fold(state, { task_id, joined }) {
    changeTask(state, task_id, (task) => withFollowUp(task, joined));
  },
  line: ({ task_id, rule, joined }) => `rule ${rule} found ${joined} already queued, after ${task_id}`,
  redact: 'nothing',
  news: 'each',
};
