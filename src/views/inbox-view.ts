/** What waits for the operator, with what can be done about it. */
import type { FederationState } from '../domain/federation-state.ts';
import type { Escalation, EscalationKind } from '../domain/scheduling/escalation.ts';
import { heldUnder } from '../domain/scheduling/follow-up.ts';
import type { HeldFollowUp } from '../domain/scheduling/held-follow-up.ts';
import { actionsFor } from '../domain/scheduling/inbox.ts';
import { questionAbout } from '../domain/scheduling/pause.ts';
import { chainOf } from '../domain/tasks/limits.ts';
import { firstWords, present } from './task-views.ts';

/** Items shown at once, the oldest first: they have waited longest. */
const most = 50;

/** Characters of the description of the task that it is about. */
const longestAbout = 120;

/** Kept follow-ups named in one item. */
const mostKept = 20;

export type InboxItem = ReturnType<typeof inboxItem>;

export interface InboxFilter {
  readonly kind?: EscalationKind | undefined;
  /** Who its task is for, or is held by. */
  readonly agent?: string | undefined;
  readonly limit?: number | undefined;
  /** The last item of the page before. */
  readonly cursor?: string | undefined;
}

export function inboxView(state: FederationState, { kind, agent, limit = most, cursor }: InboxFilter = {}) {
  const open = [...state.escalations.values()]
    .filter(
      (item) => (kind === undefined || item.kind === kind) && (agent === undefined || isAbout(state, item, agent)),
    )
    .sort((a, b) => Date.parse(a.opened_at) - Date.parse(b.opened_at) || a.inbox_id.localeCompare(b.inbox_id));
  const from = cursor === undefined ? 0 : open.findIndex(({ inbox_id }) => inbox_id === cursor) + 1;
  const page = open.slice(from, from + limit);
  const last = page.at(-1);
  return {
    items: page.map((escalation) => inboxItem(state, escalation)),
    total: open.length,
    ...(last === undefined || from + limit >= open.length ? {} : { next_cursor: last.inbox_id }),
  };
}

function isAbout({ tasks }: FederationState, { task_id, task_ids = [] }: Escalation, agent: string): boolean {
  return [task_id ?? '', ...task_ids].some((id) => {
    const task = tasks.get(id);
    return task?.to_agent === agent || task?.lease?.agent === agent || task?.result?.by === agent;
  });
}

function inboxItem(state: FederationState, escalation: Escalation) {
  const { inbox_id, kind, task_id, task_ids, chain, opened_at, key, vote_id } = escalation;
  const kept = heldUnder(state, key);
  const task = state.tasks.get(task_id ?? '');
  const vote = state.votes.get(vote_id ?? '');
  const { title, detail } = kind === 'held-follow-ups' && kept.length > 0 ? questionAbout(kept) : escalation;
  return {
    inbox_id,
    kind,
    title,
    ...present({
      detail: detail === '' ? null : detail,
      task_id,
      about: task === undefined ? null : firstWords(task.description, longestAbout),
      task_ids,
      vote_id,
      options: kind === 'vote' ? vote?.options : null,
      // As it stands now: a vote that is extended is sealed again.
      tally: vote?.status === 'escalated' ? vote.closing?.tally.in_force : null,
      leader: vote?.status === 'escalated' ? vote.closing?.tally.leader : null,
      chain,
      kept: kept.slice(0, mostKept).map((followUp) => keptView(state, followUp)),
      kept_total: kept.length > mostKept ? kept.length : null,
    }),
    opened_at,
    actions: actionsFor(state, escalation),
  };
}

/** What `release` would queue. One limit can stop several chains: each entry has its own, oldest first. */
function keptView(state: FederationState, { rule, type, to_agent, task_id }: HeldFollowUp) {
  return { rule, type, to_agent, after: task_id, chain: chainOf(state, { task_id }) };
}
