import type { EventKind } from '../../event-kind.ts';
import { plural } from '../../phrases.ts';

export interface FollowUpsSettled {
  readonly type: 'follow_ups_settled';
  readonly held_ids: readonly string[];
  /** released: `task_queued` follows for each that nobody has queued meanwhile. */
  readonly how: 'released' | 'dropped';
}

export const followUpsSettled: EventKind<FollowUpsSettled> = {
  type: 'follow_ups_settled',
  description: 'Kept follow-ups were released into the queue, or dropped.',
  fold(state, { held_ids }) {
    for (const id of held_ids) state.held.delete(id);
  },
  line: ({ how, held_ids }) =>
    `${how} ${plural(held_ids.length, 'kept follow-up')}: ${held_ids.map(inWords).join(', ')}`,
  redact: 'nothing',
  news: 'each',
};

/** `task/attempt/outcome/rule` as the line said it that told of its being kept. */
function inWords(heldId: string): string {
  const [task, attempt, outcome, ...rule] = heldId.split('/');
  return attempt === undefined || outcome === undefined ? heldId : `${rule.join('/')} after ${task}`;
}
