/** Keeps, as events are folded, what an undo would have to put back. */
import { advise, call } from '../advice.ts';
import type { EventMeta } from '../event-kind.ts';
import { type EventOf, type EventType, type FederationEvent, kindOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { waitingOn } from '../tasks/dependencies.ts';
import { type Change, keptChanges, type Part } from './change.ts';

/** An event that is in neither table is no change of anybody's: a claim, a lease that ends, news that are read. */
type Parts = { readonly [T in EventType]?: Reader<EventOf<T>> };
/** A method's type, so that readers of different events fit into one table. */
type Reader<Event> = { parts(state: FederationState, event: Event): readonly Part[] }['parts'];

const parts: Parts = {
  task_cancelled: (state, { task_id, because_of }) => [
    ...taskPart(state, task_id, because_of !== null),
    ...waitingParts(state, task_id),
  ],
  task_approved: (state, { task_id }) => taskPart(state, task_id),
  task_reassigned: (state, { task_id }) => taskPart(state, task_id),
  task_edited: (state, { task_id }) => taskPart(state, task_id),
  import_updated: (state, { task_id }) => [...taskPart(state, task_id), ...waitingParts(state, task_id)],
  escalation_opened: (_state, { escalation: { inbox_id } }) => [{ of: 'asked', inbox_id }],
  escalation_closed: (state, { inbox_id }) => {
    const before = state.escalations.get(inbox_id);
    return before === undefined ? [] : [{ of: 'settled', before }, ...waitingParts(state, inbox_id)];
  },
  federation_paused: () => [{ of: 'pause' }],
  scheduling_switched: ({ meta }, { on }) => [{ of: 'scheduling', before: meta.scheduling, on }],
  optimization_applied: (_state, { optimization_id }) => [{ of: 'optimization', optimization_id }],
  task_queued: (_state, { task: { task_id } }) => standing(advise`Cancel it: ${call('cancel_task', { task_id })}.`),
  task_imported: (_state, { task: { task_id } }) => standing(advise`Cancel it: ${call('cancel_task', { task_id })}.`),
  task_requeued: (_state, { task_id }) => standing(advise`Cancel it: ${call('cancel_task', { task_id })}.`),
  task_completed: (_state, { task_id }) =>
    standing(advise`Send it back: ${call('review_task', { task_id, verdict: 'rework' })}.`),
  task_failed: (_state, { task_id }) =>
    standing(advise`Try it again: ${call('override_task', { task_id, action: 'requeue' })}.`),
  task_reviewed: () => standing('A review stands; the work can be reviewed again.'),
  task_noted: (_state, { task_id }) =>
    standing(advise`A note stands; leave another: ${call('report_progress', { task_id })}.`),
  dependents_continued: () => standing('What went on without it can be cancelled.'),
  vote_opened: (_state, { vote: { vote_id } }) => standing(advise`Cancel it: ${call('cancel_vote', { vote_id })}.`),
  vote_imported: () => standing('A vote that was imported stands.'),
  vote_decided: (_state, { vote_id }) => standing(advise`Overrule it: ${call('decide_vote', { vote_id })}.`),
  vote_overruled: (_state, { vote_id }) => standing(advise`Overrule it again: ${call('decide_vote', { vote_id })}.`),
  vote_extended: (_state, { vote_id }) => standing(advise`Close it now: ${call('close_vote', { vote_id })}.`),
  vote_cancelled: () => standing(advise`Open a new vote: ${call('open_vote')}.`),
  vote_judged: (_state, { vote_id }) => standing(advise`Judge it again: ${call('judge_vote', { vote_id })}.`),
  outcome_recorded: () => standing('A recorded outcome stands.'),
  examples_taught: () => standing('What the router was taught stands.'),
  optimization_reverted: () => standing(advise`Apply it again: ${call('optimize_routing', { apply: true })}.`),
  availability_set: ({ agents }, { agent }) => {
    const before = agents.get(agent)?.status ?? 'available';
    return standing(`Set it again: it was ${before}.`);
  },
  federation_resumed: () => standing(advise`Pause again: ${call('pause_federation')}.`),
  follow_ups_settled: () => standing('Follow-ups that were queued can be cancelled; dropped ones are gone.'),
};

export function rememberChange(state: FederationState, event: FederationEvent, { at, by }: EventMeta): void {
  const found = readerOf(event.type)?.(state, event) ?? [];
  if (found.length === 0) return;
  const before = state.changes.get(by) ?? [];
  const last = before.at(-1);
  const about = isMain(found) ? subjectOf(event) : null;
  const did = kindOf(event.type).line(event, by);
  const fresh: Change = { at, about, ids: idsIn(event), did: [did], parts: found };
  // One command, or what else this participant did at the same millisecond to the same thing.
  const joins = last?.at === at && (about === null || last.about === null || last.about === about);
  const changes = joins ? [...before.slice(0, -1), joined(last, fresh)] : [...before.slice(1 - keptChanges), fresh];
  state.changes.set(by, changes);
}

function joined(change: Change, more: Change): Change {
  return {
    at: change.at,
    about: change.about ?? more.about,
    ids: [...change.ids, ...more.ids],
    // What it settled or asked on the way is not what was done.
    did: change.about === null ? more.did : more.about === null ? change.did : [...change.did, ...more.did],
    parts: [...change.parts, ...more.parts],
  };
}

function readerOf<T extends EventType>(type: T): Reader<EventOf<T>> | undefined {
  return parts[type];
}

function isMain(found: readonly Part[]): boolean {
  return !found.every((part) => (part.of === 'task' ? part.along : part.of === 'asked' || part.of === 'settled'));
}

function taskPart({ tasks }: FederationState, id: string, along = false): Part[] {
  const before = tasks.get(id);
  return before === undefined ? [] : [{ of: 'task', along, before }];
}

/** What may become ready by this. */
function waitingParts(state: FederationState, id: string): Part[] {
  return Array.from(waitingOn(state, id), (before) => ({ of: 'task', along: true, before }));
}

function standing(instead: Extract<Part, { of: 'standing' }>['instead']): Part[] {
  return [{ of: 'standing', instead }];
}

function subjectOf(event: FederationEvent): string {
  return idsIn(event)[0] ?? event.type;
}

/** What went along is not named by its id: its command was about something else. */
function idsIn(event: FederationEvent): string[] {
  if (event.type === 'task_cancelled' && event.because_of !== null) return [];
  if ('task_id' in event) return [event.task_id];
  if ('vote_id' in event) return [event.vote_id];
  if ('inbox_id' in event) return [event.inbox_id];
  if ('optimization_id' in event) return [event.optimization_id];
  if (event.type === 'task_queued' || event.type === 'task_imported') return [event.task.task_id];
  if (event.type === 'vote_opened') return [event.vote.vote_id];
  return [];
}
