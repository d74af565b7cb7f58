import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { changeTask, noted } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface LateCompletionKept {
  readonly type: 'late_completion_kept';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly outcome: 'success' | 'failure';
  readonly summary: string;
  readonly artifacts: readonly string[];
}

export const lateCompletionKept: EventKind<LateCompletionKept> = {
  type: 'late_completion_kept',
  description: 'A completion arrived from an expired attempt; only its text is kept.',
  fold(state, { task_id, summary }, meta) {
    changeTask(state, task_id, (task) => noted(task, meta, 'late completion', summary));
  },
  line: ({ task_id, attempt, outcome, summary }) =>
    `late ${outcome} of ${task_id} ignored (attempt ${attempt}): ${quoted(summary)}`,
  redact: 'nothing',
  news: 'each',
};
