import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface WorkDropped {
  readonly type: 'work_dropped';
  readonly task_id: TaskId;
  readonly reason: string | null;
}

export const workDropped: EventKind<WorkDropped> = {
  type: 'work_dropped',
  description: "A task's branch was given up; its commit is kept under refs/fed/wip.",
  fold(state, { task_id, reason }, meta) {
    changeTask(state, task_id, (task) => {
      if (task.work === null) return task;
      const landing = { state: 'dropped', reason, at: meta.at, by: meta.by } as const;
      return noted({ ...task, work: { ...task.work, landing } }, meta, 'dropped', reason ?? undefined);
    });
  },
  line: ({ task_id, reason }) => `dropped the branch of ${task_id}${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
