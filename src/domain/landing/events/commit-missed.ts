import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface CommitMissed {
  readonly type: 'commit_missed';
  readonly task_id: TaskId;
  /** Whose repository has not what the task goes on from. */
  readonly machine: string;
}

export const commitMissed: EventKind<CommitMissed> = {
  type: 'commit_missed',
  description: 'Ready work goes on from commits that a runner does not have; it waits for them there.',
  fold(state, { task_id, machine }, meta) {
    changeTask(state, task_id, (task) => noted(task, meta, 'waits for commit', machine));
  },
  line: ({ task_id, machine }) => `${task_id} waits for commits that ${machine} does not have`,
  redact: 'nothing',
  news: 'none',
};
