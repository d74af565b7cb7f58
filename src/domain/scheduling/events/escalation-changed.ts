import type { EventKind } from '../../event-kind.ts';
import type { TaskId } from '../../names.ts';

/** What an open escalation about several tasks is about now. */
export interface EscalationChanged {
  readonly type: 'escalation_changed';
  readonly inbox_id: string;
  readonly title: string;
  readonly detail: string;
  readonly task_ids: readonly TaskId[];
}

export const escalationChanged: EventKind<EscalationChanged> = {
  type: 'escalation_changed',
  description: 'An inbox item about several tasks is now about other tasks.',
  fold(state, { inbox_id, title, detail, task_ids }) {
    const escalation = state.escalations.get(inbox_id);
    if (escalation !== undefined) state.escalations.set(inbox_id, { ...escalation, title, detail, task_ids });
  },
  line: ({ inbox_id, title }) => `asks the operator now (${inbox_id}): ${title}`,
  redact: 'nothing',
  news: 'none',
};
