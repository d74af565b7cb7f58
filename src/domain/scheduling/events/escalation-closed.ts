import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { settle } from '../../tasks/change-task.ts';

export interface EscalationClosed {
  readonly type: 'escalation_closed';
  readonly inbox_id: string;
  /** The action it was answered with, or how it settled itself. */
  readonly how: string;
  /** Why, in the words of who answered. */
  readonly note: string | null;
  /** The task or vote that it was about, with its first words; absent in records of earlier versions. */
  readonly about?: string;
}

export const escalationClosed: EventKind<EscalationClosed> = {
  type: 'escalation_closed',
  description: 'An inbox item was answered, or is no longer needed.',
  fold(state, { inbox_id, how }, { at }) {
    if (how === 'rebase') state.meta = { ...state.meta, rebase: true };
    state.escalations.delete(inbox_id);
    // A task may wait for the answer.
    settle(state, inbox_id, at);
  },
  line: ({ inbox_id, how, note, about }) =>
    `${inbox_id} settled: ${how}${about === undefined ? '' : ` (${about})`}${note === null ? '' : `, ${quoted(note)}`}`,
  redact: 'nothing',
  news: 'each',
};
