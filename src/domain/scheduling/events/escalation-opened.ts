import { countId } from '../../counted-ids.ts';
import type { EventKind } from '../../event-kind.ts';
import type { Escalation } from '../escalation.ts';

export interface EscalationOpened {
  readonly type: 'escalation_opened';
  readonly escalation: Escalation;
}

export const escalationOpened: EventKind<EscalationOpened> = {
  type: 'escalation_opened',
  description: 'An inbox item was opened for the operator.',
  fold(state, { escalation }) {
    countId(state, 'inbox', escalation.inbox_id);
    state.escalations.set(escalation.inbox_id, escalation);
  },
  line({ escalation: { inbox_id, title } }, by) {
    return title.startsWith(`${by} `)
      ? `${title.slice(by.length + 1)} (${inbox_id})`
      : `asks the operator (${inbox_id}): ${title}`;
  },
  redact: 'nothing',
  news: 'each',
};
