import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface CommitMissed {
  readonly type: 'commit_missed';
  readonly task_id: TaskId;
  /** Which repository has not what the task goes on from: host and folder. */
  readonly machine: string;
  /** It has waited for long, and the operator is asked. */
  readonly asked?: true;
}

export const commitMissed: EventKind<CommitMissed> = {
  type: 'commit_missed',
  description: 'Ready work goes on from commits that a runner does not have; it waits for them there.',
  fold(state, { task_id, machine, asked }, meta) {
    const what = asked === true ? 'asked for commit' : 'waits for commit';
    changeTask(state, task_id, (task) => noted(task, meta, what, machine));
  },
  line: ({ task_id, machine }) => `${task_id} waits for commits that the repository ${machine} does not have`,
  redact: 'nothing',
  news: 'none',
};
