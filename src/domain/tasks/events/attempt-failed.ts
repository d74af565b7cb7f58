import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countAttempt, countChecked } from '../../metrics/count-outcome.ts';
import { endOfAttempt } from '../../metrics/outcome.ts';
import { judged } from '../../routing/judgement.ts';
import type { Timestamp } from '../../time.ts';
import { changeTask, noted, nothing, returned } from '../change-task.ts';
import { rememberFinish } from '../last-finished.ts';
import type { AgentName, TaskId } from '../task.ts';

export interface AttemptFailed {
  readonly type: 'attempt_failed';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  /** When it may be tried again; `null`: never, `task_failed` follows. */
  readonly retry_at: Timestamp | null;
  /** Whose attempt it was, where somebody else says so: who ran its checks, for instance. */
  readonly agent?: AgentName;
  /** It was reported as done, and these checks of it failed. */
  readonly failed_checks?: readonly string[];
}

export const attemptFailed: EventKind<AttemptFailed> = {
  type: 'attempt_failed',
  description: 'The holder tried and it did not work; says when it is retried.',
  count(state, event, meta) {
    const task = state.tasks.get(event.task_id);
    if (task === undefined) return;
    const outcome = endOfAttempt(task, event.attempt, event.agent ?? meta.by, 'failure');
    countAttempt(state, task, outcome, event.duration_minutes, meta);
    if (event.failed_checks !== undefined && outcome !== null) countChecked(state, task, outcome.agent, 'false_done');
  },
  fold(state, { task_id, attempt, summary, artifacts, duration_minutes, retry_at, agent }, meta) {
    const { at } = meta;
    const by = agent ?? meta.by;
    changeTask(state, task_id, (task) => {
      if (task.reported === null) rememberFinish(state, task, meta);
      const outcome = endOfAttempt(task, attempt, by, 'failure');
      const failed = {
        ...returned(task),
        failed_attempts: task.failed_attempts + 1,
        // Tried again at once: there is nothing to wait for.
        starts_at: retry_at !== null && retry_at > at ? retry_at : null,
        routing: judged(task.routing, outcome?.kind ?? null, at),
        result: {
          outcome: 'failure',
          attempt,
          by,
          at,
          summary,
          artifacts,
          duration_minutes,
          commit: task.reported?.commit ?? null,
          unblocked: nothing,
          follow_ups: nothing,
        },
      } as const;
      return noted(failed, meta, 'attempt failed', summary);
    });
  },
  line({ task_id, attempt, summary, retry_at, failed_checks }) {
    const again = retry_at === null ? '' : `; retry at ${retry_at}`;
    const checks = failed_checks === undefined ? '' : `, ${failed_checks.join(', ')} failed`;
    return `failed ${task_id} (attempt ${attempt}${checks}): ${quoted(summary)}${again}`;
  },
  redact: 'nothing',
  news: { together: 'failed' },
};
