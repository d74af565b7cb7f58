/**
 * The event store: an append-only, hash-chained journal of records, shared by
 * several processes. A record is what one process committed in one go; its
 * commands carry the events they caused.
 *
 * Appending is compare-and-swap on the position: `append` succeeds only where
 * this process has folded everything there is. Nothing here knows what an
 * event means.
 */
import type { FederationEvent } from '../domain/events.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { Timestamp } from '../domain/time.ts';
import type { SharedDocuments } from '../files/shared-document.ts';

/** A place in the journal: the record there and its hash. Before the first: seq 0 and 32 zeros. */
export interface Position {
  readonly seq: number;
  /** 32 hex digits, the first half of a SHA-256. */
  readonly hash: string;
}

export const origin: Position = { seq: 0, hash: '0'.repeat(32) };

/** One command's share of a record. Records of earlier versions do not say how it came. */
export interface CommittedCommand extends Partial<Provenance> {
  /** uuid v7, made by the process that ran the command. */
  readonly id: string;
  /** The participant that acted. */
  readonly by: string;
  readonly events: readonly FederationEvent[];
}

export interface StoredRecord {
  /** Rises from record to record; a number may be missing, where the store used a place for itself. */
  readonly seq: number;
  readonly at: Timestamp;
  readonly hash: string;
  readonly commands: readonly CommittedCommand[];
}

/** What is to be appended. The store adds place, time of the chain and hash. */
export interface Draft {
  readonly at: Timestamp;
  readonly commands: readonly CommittedCommand[];
}

/**
 * The verdict on an append. `conflict`: another process took the place; read
 * the news, decide again. A `StoreError` thrown instead means: `store-unavailable`
 * nothing was committed, `outcome-unknown` it may have been.
 */
export type AppendVerdict = { readonly committed: StoredRecord } | 'conflict';

/** The folded state as it was at a position, in pieces that can be written and read one by one. */
export interface Checkpoint {
  readonly position: Position;
  /** Section name → its records, each plain JSON. */
  readonly sections: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * What a checkpoint must be for a program to start from it. One of another form
 * is passed over, and the journal folded from the start.
 */
export interface CheckpointForm {
  /** Raised with each change of what the sections hold. */
  readonly schema: number;
  /** The program's version: another one may fold the same events otherwise. */
  readonly program: string;
}

export function isSameForm(one: CheckpointForm, other: CheckpointForm): boolean {
  return one.schema === other.schema && one.program === other.program;
}

/** A client's session as seen from this process. */
export interface PresenceEntry {
  readonly session: string;
  readonly agent: string;
  readonly client: string | null;
  /** Milliseconds on this process's own monotonic clock since its counter was last seen to move. */
  readonly silentFor: number;
}

/**
 * Something about the store that people must know: shown in status, in every warning.
 * `store-unavailable` here: a newer version of this program has written to it.
 */
export interface StoreFault {
  readonly code: 'corrupt-store' | 'store-unavailable' | 'outcome-unknown';
  readonly message: string;
  readonly next: string;
}

export interface EventStore {
  /** The time that all who use the store share, in milliseconds since 1970; null: each machine has its own clock. */
  readonly clock: (() => number) | null;

  /** What else all who use the store share; null: it lies in files of the folder. Once it is open. */
  readonly documents: SharedDocuments | null;

  /**
   * Opens the store and gives what to start from: the newest checkpoint that is
   * sound and of this form, or none. Records after it come from the first `read`.
   * `null`: from the first record on. Checkpoints are written in the form given here.
   * @throws StoreError `store-unavailable` when the folder cannot be used at all.
   */
  open(form: CheckpointForm | null): Promise<Checkpoint | null>;

  /**
   * Looks for what anyone has committed since the last look; `read` gives it. A
   * promise where that takes longer than a look into a local file.
   * @throws StoreError `store-unavailable` when it cannot be read now
   */
  refresh(): void | Promise<void>;

  /**
   * Every record that the last look found, in order, each verified and moved past
   * as it is yielded; one that came since may be among them. Synchronous, so that nothing comes between reading and
   * deciding. `restarted` is yielded first where the journal was replaced under
   * us: forget everything, the whole journal follows.
   * @throws StoreError `store-unavailable` when it cannot be read now; nothing was moved past.
   */
  read(): Generator<StoredRecord | 'restarted', void, undefined>;

  /** The position read so far. */
  readonly position: Position;

  /** Set once the store went read-only; reads go on with this as a warning. */
  readonly fault: StoreFault | null;

  /**
   * The number of the record with which a person last accepted a loss. Numbers
   * from there on may have been used before, by records that are lost.
   */
  readonly lastLoss: number | null;

  /**
   * Commits one record behind `position` and gives the verdict, at once or later.
   * Never call it again before the verdict is there.
   *
   * At once: decide, write and read back happen without an await between, and
   * `position` has moved past the record. Later: undo what was decided before
   * waiting; `position` stays, and as soon as the promise resolves `read` yields
   * the record in its place, like anyone's.
   * @throws StoreError (or rejects with one) `store-unavailable` or `corrupt-store`: not committed.
   *   `outcome-unknown`: written, and its verdict could not be read; undo as for a conflict, a later
   *   `read` yields it if it was committed.
   */
  append(draft: Draft): AppendVerdict | Promise<AppendVerdict>;

  /**
   * Makes everything up to `position` durable. Resolves only when it is safe
   * to acknowledge.
   * @throws StoreError `outcome-unknown`: a sync failed, and the store is read-only from then on; or the
   *   journal was replaced meanwhile, and the next `read` begins with `restarted`.
   */
  sync(): Promise<void>;

  /** Waits for a fair moment to try again after `losses` lost races in a row; 0 before a first try. */
  backoff(losses: number): Promise<void>;

  /**
   * Whether what is decided on what was read last may be appended without another look: where a look takes a while, and
   * nothing says that others are at work. The verdict then says whether it was current.
   */
  mayAppendUnseen(): boolean;

  /** A try has ended: what `backoff` took for it is given up, where `append` has not. */
  letGo(): void;

  /** Calls back when others may have appended. A hint: late or spurious is fine. Gives the way to stop. */
  watch(listener: () => void): () => void;

  /** The newest records in order, at most `limit`, whose seq is above `after`. Reads, folds nothing. */
  tail(limit: number, after?: number): Promise<readonly StoredRecord[]>;

  /** Every record from the first on, verified. For rebuilding the log and looking into the past. */
  history(): AsyncGenerator<StoredRecord, void, undefined>;

  /**
   * Keeps a checkpoint if the store was opened with a form and it is worth the time now. `take` is called only then
   * and must give the state at `position`.
   * `idle`: nothing else is going on, write it if there is anything new.
   * `exit`: only if it takes under 50 ms.
   */
  checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void>;

  readonly presence: Presence;

  /** Ends use: stops timers, closes files, leaves the acknowledged position on record. */
  close(): Promise<void>;
}

/** What a process tells of its clock with each of its notes. */
export interface ToldClock {
  /** Milliseconds since 1970. */
  readonly shows: number;
  /** By how much it is ahead of federation time, as the process itself judges; null: not so that it matters. */
  readonly ahead: number | null;
}

/** The clock of another living process. */
export interface OtherClock extends ToldClock {
  /** Now: carried on since the process wrote it. */
  readonly shows: number;
  /** The process was seen to write it. Before, it may be what one left that was killed. */
  readonly isSeenGoing: boolean;
  /** Who speaks through it. */
  readonly agent: string;
}

/** Who is alive. Kept beside the journal: presence is not history. */
export interface Presence {
  /** Announces a session of this process, beside those it has, and raises its counter from now on. */
  start(session: string, agent: string, client: string | null): void;
  /** One session of this process has ended: it counts as gone at once. Others of the process live on. */
  end(session: string): void;
  /** No more signs of life for one session of this process, which has not ended: `start` begins them again. */
  rest(session: string): void;
  /** Other and own sessions, as last observed. In memory. */
  list(): readonly PresenceEntry[];
  /** Looks at every session again; call about once a second. */
  observe(): void | Promise<void>;
  /** Sessions silent for the grace time or more, or that ended. `holders` are the ones anyone asks about. */
  gone(holders: Iterable<string>): ReadonlySet<string>;
  /** From here on notes say what `tell` gives. */
  tellClock(tell: () => ToldClock): void;
  /** The clocks of the other living processes, one for each, as last observed. In memory. */
  clocks(): readonly OtherClock[];
  /** Ends every session of this process, and waits until others can see it. */
  stop(): Promise<void>;
}
