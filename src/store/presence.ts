/**
 * Who is alive, judged by counters: each process raises its own, and one is
 * gone when an observer saw its counter unchanged for the grace time on the
 * observer's own monotonic clock. File times and pids play no part: after a
 * suspended laptop wakes, file times declared 27 of 48 live holders dead and
 * counters none (measured during design).
 */
import type { Presence, PresenceEntry } from './event-store.ts';

/** How long a counter may stand still before its process counts as gone. */
export const defaultGraceMs = 30_000;

/** What a process says about itself. */
export interface SessionNote {
  readonly session: string;
  readonly agent: string;
  readonly client: string | null;
  readonly counter: number;
  /** It left in good order: gone at once. */
  readonly ended: boolean;
}

/** Where the notes of all processes hang: a folder, a table, an object. */
export interface PresenceBoard {
  /** Puts up or renews this process's note. A disk that does not take it is no error: that ends no work. */
  post(note: SessionNote): void;
  notes(): readonly SessionNote[];
  /** Takes down notes nobody needs any more, as far as that is safe. */
  retire(sessions: ReadonlySet<string>): void;
}

/** A note still for this many grace times is cleared away; by then every lease of its process has lapsed. */
const graceTimesKept = 10;

interface Sighting {
  note: SessionNote;
  /** When its counter was last seen to move, on this process's clock. */
  movedAt: number;
}

export interface PresenceOptions {
  readonly graceMs?: number | undefined;
  /** A monotonic clock in milliseconds; given by tests. */
  readonly now?: (() => number) | undefined;
}

export class CountingPresence implements Presence {
  readonly #board: PresenceBoard;
  readonly #graceMs: number;
  readonly #now: () => number;
  readonly #sightings = new Map<string, Sighting>();
  /** Holders without a note, since when they are missed. */
  readonly #missedSince = new Map<string, number>();
  #own: SessionNote | null = null;
  #timer: NodeJS.Timeout | undefined;
  #observedAt: number | undefined;

  constructor(board: PresenceBoard, { graceMs = defaultGraceMs, now = () => performance.now() }: PresenceOptions = {}) {
    this.#board = board;
    this.#graceMs = graceMs;
    this.#now = now;
  }

  start(session: string, agent: string, client: string | null): void {
    this.stop();
    const note: SessionNote = { session, agent, client, counter: 1, ended: false };
    this.#board.post(note);
    this.#own = note;
    const period = Math.min(1_000, Math.max(20, this.#graceMs / 10));
    this.#timer = setInterval(() => this.#beat(), period);
    this.#timer.unref();
  }

  #beat(): void {
    if (!this.#own) return;
    this.#own = { ...this.#own, counter: this.#own.counter + 1 };
    this.#board.post(this.#own);
  }

  observe(): void {
    const now = this.#now();
    // Whoever was late was perhaps suspended, and the others with it: begin afresh. Half the grace
    // time leaves the other half to whoever wakes up more slowly.
    const isLate = this.#observedAt !== undefined && now - this.#observedAt > this.#graceMs / 2;
    this.#observedAt = now;
    if (isLate) this.#missedSince.clear();

    const present = new Set<string>();
    for (const note of this.#board.notes()) {
      present.add(note.session);
      const before = this.#sightings.get(note.session);
      const moved = before === undefined || before.note.counter !== note.counter || isLate;
      this.#sightings.set(note.session, { note, movedAt: moved ? now : before.movedAt });
    }
    for (const session of this.#sightings.keys()) {
      if (!present.has(session)) this.#sightings.delete(session);
    }
    this.#retireStale(now);
  }

  #retireStale(now: number): void {
    const stale = new Set<string>();
    for (const [session, { movedAt }] of this.#sightings) {
      if (session !== this.#own?.session && now - movedAt >= graceTimesKept * this.#graceMs) stale.add(session);
    }
    if (stale.size > 0) this.#board.retire(stale);
  }

  list(): readonly PresenceEntry[] {
    const now = this.#now();
    const entries: PresenceEntry[] = [];
    if (this.#own) entries.push({ ...described(this.#own), silentFor: 0 });
    for (const { note, movedAt } of this.#sightings.values()) {
      if (note.ended || note.session === this.#own?.session) continue;
      entries.push({ ...described(note), silentFor: now - movedAt });
    }
    return entries;
  }

  gone(holders: Iterable<string>): ReadonlySet<string> {
    const now = this.#now();
    const gone = new Set<string>();
    const missed = new Set<string>();
    for (const holder of holders) {
      if (holder === this.#own?.session) continue;
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

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#own) return;
    this.#board.post({ ...this.#own, ended: true });
    this.#own = null;
  }
}

function described({ session, agent, client }: SessionNote): Pick<PresenceEntry, 'session' | 'agent' | 'client'> {
  return { session, agent, client };
}
