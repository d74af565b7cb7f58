import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import type { Timestamp } from '../../time.ts';
import { changeTask, noted } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface ProgressReported {
  readonly type: 'progress_reported';
  readonly task_id: TaskId;
  readonly note: string | null;
  readonly progress: number | null;
  /** Set where the lease was moved. */
  readonly lease: { readonly expires_at: Timestamp; readonly hold_until: Timestamp } | null;
}

export const progressReported: EventKind<ProgressReported> = {
  type: 'progress_reported',
  description: 'The holder noted progress, or asked for more time.',
  fold(state, event, meta) {
    changeTask(state, event.task_id, (task) => {
      const lease = task.lease === null || event.lease === null ? task.lease : { ...task.lease, ...event.lease };
      const progressed = { ...task, lease, progress: event.progress ?? task.progress, unread_notes: 0 };
      return noted(progressed, meta, 'progress', event.note ?? undefined);
    });
  },
  line({ task_id, progress, note }) {
    const share = progress === null ? '' : ` ${Math.round(progress * 100)}%`;
    return `reported on ${task_id}${share}${because(note)}`;
  },
  redact: 'nothing',
  news: 'none',
};
