/** What waits for the operator, with what can be done about it. */
import type { FederationState } from '../domain/federation-state.ts';
import type { Escalation } from '../domain/scheduling/escalation.ts';
import { heldUnder } from '../domain/scheduling/follow-up.ts';
import { actionsFor } from '../domain/scheduling/inbox.ts';
import { present } from './task-views.ts';

/** Items shown at once, the oldest first: they have waited longest. */
const most = 50;

export interface InboxView {
  readonly items: readonly Record<string, unknown>[];
  readonly total: number;
}

export function inboxView(state: FederationState): InboxView {
  const open = [...state.escalations.values()].sort(
    (a, b) => Date.parse(a.opened_at) - Date.parse(b.opened_at) || a.inbox_id.localeCompare(b.inbox_id),
  );
  return { items: open.slice(0, most).map((escalation) => inboxItem(state, escalation)), total: open.length };
}

function inboxItem(state: FederationState, escalation: Escalation): Record<string, unknown> {
  const { inbox_id, kind, title, detail, task_id, chain, opened_at, key, vote_id } = escalation;
  return present({
    inbox_id,
    kind,
    title,
    detail: detail === '' ? null : detail,
    task_id,
    vote_id,
    options: kind === 'vote' ? state.votes.get(vote_id ?? '')?.options : null,
    chain,
    /** What `release` would queue. */
    kept: heldUnder(state, key).map(({ rule, type, task_id: after }) => ({ rule, type, after })),
    opened_at,
    actions: actionsFor(state, escalation),
  });
}
