/**
 * Who is alive, judged by counters: each process raises those of its sessions,
 * and one is gone when an observer saw its counter unchanged for the grace time
 * on the observer's own monotonic clock. File times and pids play no part: after a
 * suspended laptop wakes, file times declared 27 of 48 live holders dead and
 * counters none (measured during design).
 */
import { hrtime } from 'node:process';
import { v4 as randomId } from 'uuid';
import type { OtherClock, Presence, PresenceEntry, ToldClock } from './event-store.ts';

/** How long a counter may stand still before its session counts as gone. */
export const defaultGraceMs = 30_000;

/** What a process says about one of its sessions. */
export interface SessionNote {
  readonly session: string;
  /** The process, which may have several sessions: a random name. */
  readonly process: string;
  readonly agent: string;
  readonly client: string | null;
  readonly counter: number;
  /** It left in good order: gone at once. */
  readonly ended: boolean;
  /** Its clock as it wrote this; null: an earlier version did not. */
  readonly clock: (ToldClock & { readonly uptime: number }) | null;
}

/** Where the notes of all sessions hang: a folder, a table, an object. */
export interface PresenceBoard {
  /**
   * Puts up or renews the note of one of this process's sessions, in the order given. A disk that does not take it
   * is no error: that ends no work.
   */
  post(note: SessionNote): void | Promise<void>;
  notes(): readonly SessionNote[] | Promise<readonly SessionNote[]>;
  /** Takes down notes nobody needs any more, as far as that is safe. Never fails. */
  retire(sessions: ReadonlySet<string>): void | Promise<void>;
}

/** A note still for this many grace times is cleared away; by then every lease of its session has lapsed. */
const graceTimesKept = 10;

/**
 * Notes are renewed about once a second. One that is no older than this by the machine's own time since its start, which
 * all its processes share, is of a living process; so is one that is renewed within this time under our eyes.
 */
const renewedWithinMs = 3_000;

interface Sighting {
  note: SessionNote;
  /** When its counter was last seen to move, on this process's clock. */
  movedAt: number;
  /** It moved under our eyes. */
  isSeenMoving: boolean;
}

export interface PresenceOptions {
  readonly graceMs?: number | undefined;
  /** A monotonic clock in milliseconds; given by tests. */
  readonly now?: (() => number) | undefined;
  /** Milliseconds since the machine was started; given by tests. */
  readonly uptime?: (() => number) | undefined;
}

export class CountingPresence implements Presence {
  readonly #board: PresenceBoard;
  readonly #graceMs: number;
  readonly #now: () => number;
  readonly #uptime: () => number;
  readonly #process = randomId();
  #tellClock: () => ToldClock = () => ({ shows: Date.now(), ahead: null });
  readonly #sightings = new Map<string, Sighting>();
  /** Holders without a note, since when they are missed. */
  readonly #missedSince = new Map<string, number>();
  /** This process's sessions that have not ended. */
  readonly #own = new Map<string, SessionNote>();
  /** Resolves when the board has taken every note so far. */
  #posted: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #observedAt: number | undefined;

  constructor(board: PresenceBoard, options: PresenceOptions = {}) {
    this.#board = board;
    this.#graceMs = options.graceMs ?? defaultGraceMs;
    this.#now = options.now ?? (() => performance.now());
    this.#uptime = options.uptime ?? (() => Number(hrtime.bigint() / 1_000_000n));
  }

  tellClock(tell: () => ToldClock): void {
    this.#tellClock = tell;
  }

  start(session: string, agent: string, client: string | null): void {
    const before = this.#own.get(session) ?? this.#sightings.get(session)?.note;
    const counter = (before?.counter ?? 0) + 1;
    const note = { session, process: this.#process, agent, client, counter, ended: false, clock: this.#clock() };
    this.#post(note);
    this.#own.set(session, note);
    const period = Math.min(1_000, Math.max(20, this.#graceMs / 10));
    this.#timer ??= setInterval(() => this.#beat(), period).unref();
  }

  #beat(): void {
    for (const [session, note] of this.#own) {
      const raised = { ...note, counter: note.counter + 1, clock: this.#clock() };
      this.#own.set(session, raised);
      this.#post(raised);
    }
  }

  #post(note: SessionNote): void {
    const posted = this.#board.post(note);
    if (posted !== undefined) this.#posted = Promise.all([this.#posted, posted]);
  }

  observe(): void | Promise<void> {
    const notes = this.#board.notes();
    if (notes instanceof Promise) return notes.then((seen) => this.#see(seen));
    this.#see(notes);
  }

  #see(notes: readonly SessionNote[]): void {
    const now = this.#now();
    // Whoever was late was perhaps suspended, and the others with it: begin afresh. Half the grace
    // time leaves the other half to whoever wakes up more slowly.
    const isLate = this.#observedAt !== undefined && now - this.#observedAt > this.#graceMs / 2;
    this.#observedAt = now;
    if (isLate) this.#missedSince.clear();

    const present = new Set<string>();
    for (const note of notes) {
      present.add(note.session);
      const before = this.#sightings.get(note.session);
      const hasMoved = before !== undefined && before.note.counter !== note.counter;
      const begins = before === undefined || hasMoved || isLate;
      const isSeenMoving = hasMoved || (before?.isSeenMoving === true && !isLate);
      this.#sightings.set(note.session, { note, movedAt: begins ? now : before.movedAt, isSeenMoving });
    }
    for (const session of this.#sightings.keys()) {
      if (!present.has(session)) this.#sightings.delete(session);
    }
    this.#retireStale(now);
  }

  #retireStale(now: number): void {
    const stale = new Set<string>();
    for (const [session, { movedAt }] of this.#sightings) {
      if (!this.#own.has(session) && now - movedAt >= graceTimesKept * this.#graceMs) stale.add(session);
    }
    if (stale.size > 0) void this.#board.retire(stale);
  }

  list(): readonly PresenceEntry[] {
    const now = this.#now();
    const entries: PresenceEntry[] = [];
    for (const note of this.#own.values()) entries.push({ ...described(note), silentFor: 0 });
    for (const { note, movedAt } of this.#sightings.values()) {
      if (note.ended || this.#own.has(note.session)) continue;
      entries.push({ ...described(note), silentFor: now - movedAt });
    }
    return entries;
  }

  gone(holders: Iterable<string>): ReadonlySet<string> {
    const now = this.#now();
    const gone = new Set<string>();
    const missed = new Set<string>();
    for (const holder of holders) {
      if (this.#own.has(holder)) continue;
      const sighting = this.#sightings.get(holder);
      if (sighting) {
        if (sighting.note.ended || now - sighting.movedAt >= this.#graceMs) gone.add(holder);
        continue;
      }
      // Without a note nobody can see it move; it gets the same grace from when it was first missed.
      missed.add(holder);
      const since = this.#missedSince.get(holder) ?? now;
      this.#missedSince.set(holder, since);
      if (now - since >= this.#graceMs) gone.add(holder);
    }
    for (const holder of this.#missedSince.keys()) {
      if (!missed.has(holder)) this.#missedSince.delete(holder);
    }
    return gone;
  }

  clocks(): readonly OtherClock[] {
    const [now, uptime] = [this.#now(), this.#uptime()];
    const clocks = new Map<string, OtherClock>();
    for (const { note, movedAt, isSeenMoving } of this.#sightings.values()) {
      const { clock, process, agent, ended } = note;
      const silentFor = now - movedAt;
      if (clock === null || ended || process === this.#process || silentFor >= this.#graceMs) continue;
      const age = uptime - clock.uptime;
      const isFresh = age >= 0 && age <= renewedWithinMs;
      const isSeenGoing = isSeenMoving || isFresh;
      // What nobody renews was left by a process that was killed.
      if (!isSeenGoing && silentFor > renewedWithinMs) continue;
      if (clocks.get(process)?.isSeenGoing === true) continue;
      const shows = clock.shows + (isFresh ? age : silentFor);
      clocks.set(process, { shows, ahead: clock.ahead, isSeenGoing, agent });
    }
    return [...clocks.values()];
  }

  #clock(): NonNullable<SessionNote['clock']> {
    return { ...this.#tellClock(), uptime: this.#uptime() };
  }

  end(session: string): void {
    this.#leave(session, true);
  }

  rest(session: string): void {
    this.#leave(session, false);
  }

  #leave(session: string, ended: boolean): void {
    const own = this.#own.get(session);
    if (!own) return;
    this.#own.delete(session);
    const note = { ...own, ended };
    this.#post(note);
    this.#sightings.set(session, { note, movedAt: this.#now(), isSeenMoving: true });
    if (this.#own.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async stop(): Promise<void> {
    for (const session of Array.from(this.#own.keys())) this.end(session);
    await this.#posted;
  }
}

function described({ session, agent, client }: SessionNote): Pick<PresenceEntry, 'session' | 'agent' | 'client'> {
  return { session, agent, client };
}
