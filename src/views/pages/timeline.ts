/** Attempts, votes and questions as they lie in time: read from the journal once, and from its news since. */
import type { FederationEvent } from '../../domain/events.ts';
import { day, type Timestamp, toMillis } from '../../domain/time.ts';
import type { Federation } from '../../federation.ts';
import type { StoredRecord } from '../../store/event-store.ts';

export type AttemptEnd = 'success' | 'failure' | 'released' | 'lapsed' | 'cancelled' | 'reassigned' | 'rework';

export interface TimelineAttempt {
  readonly task_id: string;
  readonly agent: string;
  readonly attempt: number;
  readonly type: string | null;
  /** Since when the task could be claimed, where that is known. */
  readonly ready: Timestamp | null;
  readonly from: Timestamp;
  /** Since when its work waits for its checks; `null`: it was never reported done that way. */
  readonly checking: Timestamp | null;
  /** `null`: it goes on. */
  readonly to: Timestamp | null;
  readonly end: AttemptEnd | null;
  /** Of one that goes on: until when it may. */
  readonly until: Timestamp | null;
}

export interface TimelineVote {
  readonly vote_id: string;
  readonly from: Timestamp;
  readonly to: Timestamp | null;
  readonly ballots: readonly Timestamp[];
  readonly end: 'decided' | 'escalated' | 'cancelled' | null;
}

export interface TimelineAsk {
  readonly inbox_id: string;
  readonly from: Timestamp;
  readonly to: Timestamp | null;
}

export interface Timeline {
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly attempts: readonly TimelineAttempt[];
  readonly votes: readonly TimelineVote[];
  readonly asks: readonly TimelineAsk[];
  /** Attempts within the time that are not among them. */
  readonly more: number;
}

type Open<T> = { -readonly [Name in keyof T]: T[Name] };

/** Records read at first; what lies further back is not drawn. */
const mostRecords = 20_000;
const keptFor = 7 * day;
/** Bars that one page draws. */
const mostAttempts = 300;

/** One for a process: it remembers what it has read. */
export class TimelineReader {
  #seq = 0;
  #attempts: Open<TimelineAttempt>[] = [];
  readonly #running = new Map<string, Open<TimelineAttempt>>();
  readonly #ready = new Map<string, Timestamp>();
  readonly #types = new Map<string, string | null>();
  #votes: (Open<TimelineVote> & { ballots: Timestamp[] })[] = [];
  #asks: Open<TimelineAsk>[] = [];
  #reading: Promise<void> = Promise.resolve();

  /** The last `hours`, up to now. */
  async read(federation: Federation, hours: number): Promise<Timeline> {
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#catchUp(federation));
    await this.#reading;
    const now = federation.now();
    const from = new Date(toMillis(now) - hours * 3_600_000).toISOString();
    const within = ({ to }: { readonly to: Timestamp | null }): boolean => to === null || to >= from;
    const attempts = this.#attempts.filter(within);
    return {
      from,
      to: now,
      attempts: attempts.slice(-mostAttempts).map((attempt) => this.#withUntil(federation, attempt)),
      votes: this.#votes.filter(within).map((vote) => ({ ...vote, ballots: [...vote.ballots] })),
      asks: this.#asks.filter(within).slice(-mostAttempts),
      more: Math.max(0, attempts.length - mostAttempts),
    };
  }

  #withUntil(federation: Federation, attempt: TimelineAttempt): TimelineAttempt {
    if (attempt.to !== null) return { ...attempt };
    const lease = federation.state().tasks.get(attempt.task_id)?.lease;
    return { ...attempt, until: lease?.expires_at ?? null };
  }

  async #catchUp(federation: Federation): Promise<void> {
    if (federation.seq < this.#seq) this.#forget();
    const records = await federation.tail(mostRecords, this.#seq);
    for (const record of records) this.#take(record);
    const before = new Date(toMillis(federation.now()) - keptFor).toISOString();
    const isKept = ({ to }: { readonly to: Timestamp | null }): boolean => to === null || to >= before;
    this.#attempts = this.#attempts.filter(isKept);
    this.#votes = this.#votes.filter(isKept);
    this.#asks = this.#asks.filter(isKept);
  }

  #forget(): void {
    this.#seq = 0;
    this.#attempts = [];
    this.#votes = [];
    this.#asks = [];
    this.#running.clear();
    this.#ready.clear();
    this.#types.clear();
  }

  #take({ seq, at, commands }: StoredRecord): void {
    this.#seq = seq;
    for (const { events } of commands) for (const event of events) this.#fold(event, at);
  }

  #fold(event: FederationEvent, at: Timestamp): void {
    if (event.type.startsWith('task_') || event.type === 'attempt_failed' || event.type === 'lease_lapsed') {
      this.#foldTask(event, at);
    } else this.#foldRest(event, at);
  }

  #foldTask(event: FederationEvent, at: Timestamp): void {
    if (event.type === 'task_queued') {
      const { task_id, type, dependencies } = event.task;
      this.#types.set(task_id, type);
      if (dependencies.length === 0) this.#ready.set(task_id, at);
    } else if (event.type === 'task_claimed') {
      const { task_id, agent, attempt } = event;
      const ready = this.#ready.get(task_id) ?? null;
      const type = this.#types.get(task_id) ?? null;
      const begun = {
        task_id,
        agent,
        attempt,
        type,
        ready,
        from: at,
        checking: null,
        to: null,
        end: null,
        until: null,
      };
      this.#attempts.push(begun);
      this.#running.set(task_id, begun);
    } else if (event.type === 'task_completed') {
      for (const id of event.unblocked) this.#ready.set(id, at);
      this.#end(event.task_id, at, 'success');
    } else if (event.type === 'attempt_failed') {
      if (event.retry_at !== null) this.#ready.set(event.task_id, event.retry_at);
      this.#end(event.task_id, at, 'failure');
    } else if (event.type === 'task_cancelled') {
      this.#end(event.task_id, at, 'cancelled');
    } else if (event.type === 'task_reviewed') {
      if (event.verdict === 'accept') return;
      const last = this.#attempts.findLast(({ task_id }) => task_id === event.task_id);
      if (last?.end === 'success') last.end = 'rework';
    } else {
      const end = endOf(event);
      if (end === null) return;
      this.#ready.set(end.task_id, at);
      this.#end(end.task_id, at, end.end);
    }
  }

  #foldRest(event: FederationEvent, at: Timestamp): void {
    if (event.type === 'success_reported') {
      const attempt = this.#running.get(event.task_id);
      if (attempt !== undefined) attempt.checking ??= at;
    } else if (event.type === 'vote_opened') {
      this.#votes.push({ vote_id: event.vote.vote_id, from: at, to: null, ballots: [], end: null });
    } else if (event.type === 'ballot_cast') this.#vote(event.vote_id)?.ballots.push(at);
    else if (event.type === 'vote_decided') this.#endVote(event.vote_id, at, 'decided');
    else if (event.type === 'vote_escalated') this.#endVote(event.vote_id, at, 'escalated');
    else if (event.type === 'vote_cancelled') this.#endVote(event.vote_id, at, 'cancelled');
    else if (event.type === 'escalation_opened') {
      this.#asks.push({ inbox_id: event.escalation.inbox_id, from: at, to: null });
    } else if (event.type === 'escalation_closed') {
      const ask = this.#asks.find(({ inbox_id }) => inbox_id === event.inbox_id);
      if (ask !== undefined) ask.to = at;
    }
  }

  #end(task_id: string, at: Timestamp, end: AttemptEnd): void {
    const attempt = this.#running.get(task_id);
    if (attempt === undefined) return;
    this.#running.delete(task_id);
    attempt.to = at;
    attempt.end = end;
  }

  #vote(vote_id: string) {
    return this.#votes.findLast((vote) => vote.vote_id === vote_id);
  }

  #endVote(vote_id: string, at: Timestamp, end: TimelineVote['end']): void {
    const vote = this.#vote(vote_id);
    if (vote === undefined) return;
    vote.to = at;
    vote.end = end;
  }
}

/** How an attempt ended that came back to the queue; null: it did not. */
function endOf(event: FederationEvent): { readonly task_id: string; readonly end: AttemptEnd } | null {
  if (event.type === 'lease_lapsed') return { task_id: event.task_id, end: 'lapsed' };
  if (event.type === 'task_released') return { task_id: event.task_id, end: 'released' };
  return event.type === 'task_reassigned' || event.type === 'task_requeued'
    ? { task_id: event.task_id, end: 'reassigned' }
    : null;
}
