import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { oneLine } from '../../text.ts';
import type { Timestamp } from '../../time.ts';
import { nothing } from '../change-task.ts';
import { addTask, type NewTask, taskFrom } from '../new-task.ts';
import type { Outcome } from '../task.ts';

export interface TaskImported {
  readonly type: 'task_imported';
  readonly task: NewTask;
  readonly created_at: Timestamp;
  /** Set where the task was finished before it came here. */
  readonly finished: {
    readonly status: 'completed' | 'failed' | 'cancelled';
    readonly at: Timestamp;
    readonly summary: string;
  } | null;
  /** Where it came from and its id there. */
  readonly source: { readonly system: string; readonly id: string };
}

export const taskImported: EventKind<TaskImported> = {
  type: 'task_imported',
  description: 'A task was imported from another system, perhaps already finished there.',
  fold(state, { task: imported, created_at, finished, source }, meta) {
    state.imports.set(`${source.system}:${source.id}`, imported.task_id);
    const task = { ...taskFrom(state, imported, meta.at), created_at };
    if (finished === null) return addTask(state, task, meta);
    const { status, at, summary } = finished;
    const result: Outcome = {
      outcome: status === 'completed' ? 'success' : 'failure',
      attempt: 0,
      by: source.system,
      at,
      summary,
      artifacts: nothing,
      duration_minutes: null,
      commit: null,
      unblocked: nothing,
      follow_ups: nothing,
    };
    addTask(state, { ...task, status, finished_at: at, result, ready_since: null }, meta);
  },
  line: ({ task, source }) =>
    `imported ${task.task_id} from ${source.system} ${oneLine(source.id, 60)}: ${quoted(task.description)}`,
  redact: 'nothing',
  news: { together: 'imported' },
};
