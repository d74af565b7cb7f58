import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { listed } from '../../phrases.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import { rememberFinish } from '../../tasks/last-finished.ts';
import type { AgentName, TaskId } from '../../names.ts';
import type { Reported } from '../check.ts';

export interface SuccessReported extends Pick<
  Reported,
  'summary' | 'artifacts' | 'duration_minutes' | 'commit' | 'checks' | 'remote'
> {
  readonly type: 'success_reported';
  readonly task_id: TaskId;
  readonly attempt: number;
  /** Whose work it is, where somebody else reports it. */
  readonly agent?: AgentName;
}

export const successReported: EventKind<SuccessReported> = {
  type: 'success_reported',
  description:
    'The holder finished, and the success counts once the required checks passed and the work is saved; until then the task stays in progress.',
  fold(state, { task_id, attempt, agent, summary, artifacts, duration_minutes, commit, checks, remote }, meta) {
    changeTask(state, task_id, (task) => {
      rememberFinish(state, task, meta);
      const reported: Reported = {
        attempt,
        by: agent ?? meta.by,
        at: meta.at,
        summary,
        artifacts,
        duration_minutes,
        commit,
        checks,
        ...(remote === undefined ? {} : { remote }),
      };
      return noted({ ...task, reported, progress: 1 }, meta, 'reported done', summary);
    });
  },
  line: ({ task_id, summary, checks }) =>
    `reported ${task_id} done: ${quoted(summary)}; to check: ${checks.length === 0 ? 'nothing' : listed(checks)}`,
  redact: 'nothing',
  news: { together: 'reported done' },
};
