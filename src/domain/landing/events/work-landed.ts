import { shortCommit } from '../../checks/check-words.ts';
import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface WorkLanded {
  readonly type: 'work_landed';
  readonly task_id: TaskId;
  readonly target: string;
  readonly merge: string;
  /** Work that this one reworked and contains: it is landed with it. */
  readonly settles: readonly TaskId[];
}

export const workLanded: EventKind<WorkLanded> = {
  type: 'work_landed',
  description: 'The target branch contains the work of a task.',
  fold(state, { task_id, target, merge, settles }, meta) {
    const landing = { state: 'landed', target, merge, at: meta.at, by: meta.by } as const;
    for (const id of [task_id, ...settles]) {
      changeTask(state, id, (task) => {
        // Two that found the same merge in the target record it once.
        if (task.work === null || task.work.landing?.state === 'landed') return task;
        return noted(
          { ...task, work: { ...task.work, landing } },
          meta,
          'landed',
          `${shortCommit(merge)} on ${target}`,
        );
      });
    }
  },
  line: ({ task_id, target, merge }) => `landed ${task_id} on ${target} as ${shortCommit(merge)}`,
  redact: 'nothing',
  news: 'each',
};
