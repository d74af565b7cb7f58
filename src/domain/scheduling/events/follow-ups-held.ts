import type { EventKind } from '../../event-kind.ts';
import { type FollowUp, heldRow, pauseKey } from '../held-follow-up.ts';

/** What rules would have queued, kept until the escalation with this key is answered. */
export interface FollowUpsHeld {
  readonly type: 'follow_ups_held';
  readonly key: string;
  readonly follow_ups: readonly FollowUp[];
}

export const followUpsHeld: EventKind<FollowUpsHeld> = {
  type: 'follow_ups_held',
  description: 'Follow-ups were kept, not queued: the federation is paused, or a limit was reached.',
  fold(state, { key, follow_ups }, { at }) {
    for (const followUp of follow_ups) {
      const row = heldRow(followUp, key, at);
      state.held.set(row.held_id, row);
    }
  },
  line: ({ key, follow_ups }) =>
    `kept ${follow_ups.map(({ rule, task_id }) => `${rule} after ${task_id}`).join(', ')} (${key === pauseKey ? 'paused' : 'a limit'})`,
  redact: 'nothing',
  news: 'each',
};
