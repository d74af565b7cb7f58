import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { countAttempt } from '../../metrics/count-outcome.ts';
import { endByReview } from '../../metrics/outcome.ts';
import { judged } from '../../routing/judgement.ts';
import { changeTask, keptHistory, newest, noted } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface TaskReviewed {
  readonly type: 'task_reviewed';
  readonly task_id: TaskId;
  readonly verdict: 'accept' | 'rework';
  readonly note: string;
}

export const taskReviewed: EventKind<TaskReviewed> = {
  type: 'task_reviewed',
  description: 'Finished work was accepted or sent back.',
  count(state, { task_id, verdict }, meta) {
    const task = state.tasks.get(task_id);
    if (task !== undefined) countAttempt(state, task, endByReview(task, verdict), null, meta);
  },
  fold(state, { task_id, verdict, note }, meta) {
    changeTask(state, task_id, (task) => {
      const review = { by: meta.by, verdict, note, at: meta.at };
      const reviews = newest(task.reviews, review, keptHistory);
      const routing = judged(task.routing, endByReview(task, verdict)?.kind ?? null, meta.at);
      return noted({ ...task, reviews, routing }, meta, `review: ${verdict}`, note);
    });
  },
  line: ({ task_id, verdict, note }) => `reviewed ${task_id}: ${verdict}, ${quoted(note)}`,
  redact: 'nothing',
  news: { together: 'reviewed' },
};
