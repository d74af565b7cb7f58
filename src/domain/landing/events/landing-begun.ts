import { shortCommit } from '../../checks/check-words.ts';
import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface LandingBegun {
  readonly type: 'landing_begun';
  readonly task_id: TaskId;
  readonly target: string;
  /** What the target was. */
  readonly old: string;
  readonly merge: string;
}

export const landingBegun: EventKind<LandingBegun> = {
  type: 'landing_begun',
  description:
    'A merge of finished work passed its checks and is about to become the target; recovery finds it by this.',
  fold(state, { task_id, target, merge }, meta) {
    changeTask(state, task_id, (task) => noted(task, meta, 'landing', `${shortCommit(merge)} on ${target}`));
  },
  line: ({ task_id, target, merge }) => `is landing ${task_id} on ${target} as ${shortCommit(merge)}`,
  redact: 'nothing',
  news: 'none',
};
