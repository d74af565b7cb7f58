import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countAttempt } from '../../metrics/count-outcome.ts';
import { countEnd } from '../../metrics/count-tasks.ts';
import { endOfAttempt } from '../../metrics/outcome.ts';
import { judged } from '../../routing/judgement.ts';
import { historyWith, nothing, settle } from '../change-task.ts';
import { rememberFinish } from '../last-finished.ts';
import type { TaskId } from '../task.ts';

export interface TaskCompleted {
  readonly type: 'task_completed';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  readonly unblocked: readonly TaskId[];
}

export const taskCompleted: EventKind<TaskCompleted> = {
  type: 'task_completed',
  description: 'The holder finished the task; lists the tasks it unblocked.',
  count(state, event, meta) {
    const task = state.tasks.get(event.task_id);
    if (task === undefined) return;
    countEnd(state, 'completed', meta);
    const outcome = endOfAttempt(task, event.attempt, meta.by, 'success');
    countAttempt(state, task, outcome, event.duration_minutes, meta);
  },
  fold(state, { task_id, attempt, summary, artifacts, duration_minutes, unblocked }, meta) {
    const task = state.tasks.get(task_id);
    if (task === undefined) return;
    const { at, by } = meta;
    rememberFinish(state, task, meta);
    const outcome = endOfAttempt(task, attempt, by, 'success');
    state.tasks.set(task_id, {
      ...task,
      status: 'completed',
      lease: null,
      progress: 1,
      starts_at: null,
      routing: judged(task.routing, outcome?.kind ?? null, at),
      result: {
        outcome: 'success',
        attempt,
        by,
        at,
        summary,
        artifacts,
        duration_minutes,
        unblocked,
        follow_ups: nothing,
      },
      updated_at: at,
      finished_at: at,
      history: historyWith(task, meta, 'completed'),
    });
    settle(state, task_id, at);
  },
  line({ task_id, summary, unblocked }) {
    return `completed ${task_id}: ${quoted(summary)}${unblocked.length === 0 ? '' : `; unblocked ${unblocked.join(', ')}`}`;
  },
  redact: 'nothing',
  news: { together: 'completed' },
};
