/** Keeps, as events are folded, what an undo would have to put back. */
import { type Advice, advise, call } from '../advice.ts';
import type { EventMeta } from '../event-kind.ts';
import { type EventOf, type EventType, type FederationEvent, kindOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { waitingOn } from '../tasks/dependencies.ts';
import type { Timestamp } from '../time.ts';
import type { Change, Part } from './change.ts';
import { withChange, withNewest } from './change-list.ts';

/** What stood there before an event that can be taken back. */
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
  availability_set: ({ agents }, { agent }) => {
    const before = agents.get(agent)?.status ?? 'available';
    return standing(`Set it again: it was ${before}.`);
  },
};

/**
 * What to do instead about an event that stands. One that is in neither table is no change of anybody's: a claim, a
 * lease that ends, news that are read.
 */
type Instead = { readonly [T in EventType]?: Remedy<EventOf<T>> };
type Remedy<Event> = { instead(event: Event): Advice }['instead'];

const instead: Instead = {
  task_queued: ({ task: { task_id } }) => advise`Cancel it: ${call('cancel_task', { task_id })}.`,
  task_imported: ({ task: { task_id } }) => advise`Cancel it: ${call('cancel_task', { task_id })}.`,
  task_requeued: ({ task_id }) => advise`Cancel it: ${call('cancel_task', { task_id })}.`,
  task_completed: ({ task_id }) => advise`Send it back: ${call('review_task', { task_id, verdict: 'rework' })}.`,
  task_failed: ({ task_id }) => advise`Try it again: ${call('override_task', { task_id, action: 'requeue' })}.`,
  task_reviewed: () => 'A review stands; the work can be reviewed again.',
  task_noted: ({ task_id }) => advise`A note stands; leave another: ${call('report_progress', { task_id })}.`,
  dependents_continued: () => 'What went on without it can be cancelled.',
  vote_opened: ({ vote: { vote_id } }) => advise`Cancel it: ${call('cancel_vote', { vote_id })}.`,
  vote_imported: () => 'A vote that was imported stands.',
  vote_decided: ({ vote_id }) => advise`Overrule it: ${call('decide_vote', { vote_id })}.`,
  vote_overruled: ({ vote_id }) => advise`Overrule it again: ${call('decide_vote', { vote_id })}.`,
  vote_extended: ({ vote_id }) => advise`Close it now: ${call('close_vote', { vote_id })}.`,
  vote_cancelled: () => advise`Open a new vote: ${call('open_vote')}.`,
  vote_judged: ({ vote_id }) => advise`Judge it again: ${call('judge_vote', { vote_id })}.`,
  judging_check_set: ({ vote_id }) => advise`Judge it yourself: ${call('judge_vote', { vote_id })}.`,
  outcome_recorded: () => 'A recorded outcome stands.',
  examples_taught: () => 'What the router was taught stands.',
  optimization_reverted: () => advise`Apply it again: ${call('optimize_routing', { apply: true })}.`,
  federation_resumed: () => advise`Pause again: ${call('pause_federation')}.`,
  follow_ups_settled: () => 'Follow-ups that were queued can be cancelled; dropped ones are gone.',
};

/** Its words are found when somebody asks for them: every event makes one, and few are ever looked at. */
class FreshChange implements Change {
  readonly at: Timestamp;
  readonly about: string | null;
  readonly #event: FederationEvent;
  readonly #by: string;
  readonly #parts: readonly Part[] | null;

  constructor(event: FederationEvent, { at, by }: EventMeta, kept: readonly Part[] | null) {
    this.at = at;
    this.about = kept === null || isMain(kept) ? (idIn(event) ?? event.type) : null;
    this.#event = event;
    this.#by = by;
    this.#parts = kept;
  }

  get ids(): readonly string[] {
    const id = idIn(this.#event);
    return id === null ? [] : [id];
  }

  get did(): readonly string[] {
    return [kindOf(this.#event.type).line(this.#event, this.#by)];
  }

  get parts(): readonly Part[] {
    return this.#parts ?? standing(remedyFor(this.#event.type)?.(this.#event) ?? '');
  }
}

/**
 * What one command did to one thing besides, likewise found when asked for: a command of many events would otherwise
 * write all its lines anew with each of them.
 */
class JoinedChange implements Change {
  readonly at: Timestamp;
  readonly about: string | null;
  readonly #before: Change;
  readonly #more: FreshChange;

  constructor(before: Change, more: FreshChange) {
    this.at = before.at;
    this.about = before.about ?? more.about;
    this.#before = before;
    this.#more = more;
  }

  get ids(): readonly string[] {
    return JoinedChange.#partsOf(this).flatMap(({ ids }) => ids);
  }

  /** What it settled or asked on the way is not what was done. */
  get did(): readonly string[] {
    const all = JoinedChange.#partsOf(this);
    const done = this.about === null ? all.slice(-1) : all.filter(({ about }) => about !== null);
    return done.flatMap(({ did }) => did);
  }

  get parts(): readonly Part[] {
    return JoinedChange.#partsOf(this).flatMap(({ parts: kept }) => kept);
  }

  /** In a loop: a command can cancel thousands of tasks. */
  static #partsOf(joined: Change): Change[] {
    const all: Change[] = [];
    let change = joined;
    for (; change instanceof JoinedChange; change = change.#before) all.push(change.#more);
    return [change, ...all.reverse()];
  }
}

export function rememberChange(state: FederationState, event: FederationEvent, meta: EventMeta): void {
  const found = readerOf(event.type)?.(state, event) ?? null;
  if (found === null ? remedyFor(event.type) === undefined : found.length === 0) return;
  const { by } = meta;
  const fresh = new FreshChange(event, meta, found);
  const before = state.changes.get(by);
  state.changes.set(
    by,
    before !== undefined && joins(fresh, before.newest)
      ? withNewest(before, new JoinedChange(before.newest, fresh))
      : withChange(before, fresh),
  );
}

/** One command, or what else this participant did at the same millisecond to the same thing. */
function joins(fresh: Change, last: Change): boolean {
  return last.at === fresh.at && (fresh.about === null || last.about === null || last.about === fresh.about);
}

function readerOf<T extends EventType>(type: T): Reader<EventOf<T>> | undefined {
  return parts[type];
}

function remedyFor<T extends EventType>(type: T): Remedy<EventOf<T>> | undefined {
  return instead[type];
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

function standing(advice: Advice): Part[] {
  return [{ of: 'standing', instead: advice }];
}

/** What went along is not named by its id: its command was about something else. */
function idIn(event: FederationEvent): string | null {
  if (event.type === 'task_queued' || event.type === 'task_imported') return event.task.task_id;
  if (event.type === 'task_cancelled' && event.because_of !== null) return null;
  if ('task_id' in event) return event.task_id;
  if ('vote_id' in event) return event.vote_id;
  if ('inbox_id' in event) return event.inbox_id;
  if ('optimization_id' in event) return event.optimization_id;
  return event.type === 'vote_opened' ? event.vote.vote_id : null;
}
