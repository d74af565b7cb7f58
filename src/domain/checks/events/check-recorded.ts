import type { EventKind } from '../../event-kind.ts';
import { changeTask, newest, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';
import { type CheckResult, type CheckRun, keptResults } from '../check.ts';
import { checkWords } from '../check-words.ts';

export interface CheckRecorded extends CheckRun {
  readonly type: 'check_recorded';
  readonly task_id: TaskId;
  readonly attempt: number;
}

export const checkRecorded: EventKind<CheckRecorded> = {
  type: 'check_recorded',
  description:
    'A check of a task was run: its verdict, with the commit, tree, command and configuration that it is about.',
  fold(state, event, meta) {
    const { type: _type, task_id, ...run } = event;
    changeTask(state, task_id, (task) => {
      const result: CheckResult = { ...run, by: meta.by, at: meta.at };
      const check_results = newest(task.check_results, result, keptResults);
      return noted({ ...task, check_results }, meta, 'check', checkWords(event));
    });
  },
  line: (event) => `check of ${event.task_id}: ${checkWords(event)}`,
  redact: 'nothing',
  news: 'none',
};
