import { shortCommit } from '../../checks/check-words.ts';
import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface WorkReverted {
  readonly type: 'work_reverted';
  readonly task_id: TaskId;
  readonly target: string;
  readonly revert: string;
}

export const workReverted: EventKind<WorkReverted> = {
  type: 'work_reverted',
  description: 'Landed work was taken back by a commit that reverts its merge.',
  fold(state, { task_id, target, revert }, meta) {
    changeTask(state, task_id, (task) => {
      if (task.work?.landing?.state !== 'landed') return task;
      const { merge } = task.work.landing;
      const landing = { state: 'reverted', target, merge, revert, at: meta.at, by: meta.by } as const;
      return noted(
        { ...task, work: { ...task.work, landing } },
        meta,
        'reverted',
        `${shortCommit(revert)} on ${target}`,
      );
    });
  },
  line: ({ task_id, target, revert }) => `reverted ${task_id} on ${target} by ${shortCommit(revert)}`,
  redact: 'nothing',
  news: 'each',
};
