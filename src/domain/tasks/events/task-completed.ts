import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countAttempt, countChecked } from '../../metrics/count-outcome.ts';
import { countEnd } from '../../metrics/count-tasks.ts';
import { endOfAttempt } from '../../metrics/outcome.ts';
import { judged } from '../../routing/judgement.ts';
import { historyWith, nothing, settle, shared } from '../change-task.ts';
import { rememberFinish } from '../last-finished.ts';
import type { AgentName, TaskId } from '../task.ts';

export interface TaskCompleted {
  readonly type: 'task_completed';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  readonly unblocked: readonly TaskId[];
  /** Whose work it is, where somebody else completes it: who ran the last check, for instance. */
  readonly agent?: AgentName;
  readonly commit?: string;
  /** At least one check was required, and all passed. */
  readonly verified?: true;
}

export const taskCompleted: EventKind<TaskCompleted> = {
  type: 'task_completed',
  description: 'The holder finished the task; lists the tasks it unblocked.',
  count(state, event, meta) {
    const task = state.tasks.get(event.task_id);
    if (task === undefined) return;
    countEnd(state, 'completed', meta);
    const outcome = endOfAttempt(task, event.attempt, event.agent ?? meta.by, 'success');
    countAttempt(state, task, outcome, event.duration_minutes, meta);
    if (event.verified === true && outcome !== null) countChecked(state, task, outcome.agent, 'verified');
  },
  fold(state, event, meta) {
    const { task_id, attempt, summary, artifacts, duration_minutes, unblocked, commit = null } = event;
    const task = state.tasks.get(task_id);
    if (task === undefined) return;
    const { at } = meta;
    const by = event.agent ?? meta.by;
    // Remembered when it was reported; who records the last check finishes nothing of its own.
    if (task.reported === null) rememberFinish(state, task, meta);
    const outcome = endOfAttempt(task, attempt, by, 'success');
    state.tasks.set(task_id, {
      ...task,
      status: 'completed',
      lease: null,
      reported: null,
      verified: event.verified === true,
      progress: 1,
      starts_at: null,
      routing: judged(task.routing, outcome?.kind ?? null, at),
      result: {
        outcome: 'success',
        attempt,
        by,
        at,
        summary,
        artifacts: shared(artifacts),
        duration_minutes,
        commit,
        unblocked: shared(unblocked),
        follow_ups: nothing,
      },
      updated_at: at,
      finished_at: at,
      history: historyWith(task, meta, 'completed'),
    });
    settle(state, task_id, at);
  },
  line({ task_id, summary, unblocked, verified }) {
    return `completed ${task_id}${verified === true ? ' (verified)' : ''}: ${quoted(summary)}${unblocked.length === 0 ? '' : `; unblocked ${unblocked.join(', ')}`}`;
  },
  redact: 'nothing',
  news: { together: 'completed' },
};
