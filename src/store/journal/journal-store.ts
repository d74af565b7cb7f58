/**
 * The embedded event store: a journal of hash-chained records in
 * `.federation/journal/`, appended to by several processes without a lock.
 * `docs/store.md` has the rules and promises; the parts are beside this file.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AppendVerdict,
  type Checkpoint,
  type CheckpointForm,
  type Draft,
  type EventStore,
  origin,
  type Position,
  type Presence,
  type StoredRecord,
  type StoreFault,
} from '../event-store.ts';
import { keepPace } from '../keep-pace.ts';
import { CountingPresence, type PresenceOptions } from '../presence.ts';
import type { CheckpointHead } from './checkpoint-file.ts';
import { Checkpoints } from './checkpoints.ts';
import { holds, readAcceptedLosses } from './accepted-losses.ts';
import { type Claim, lackingClaims, lossInForce, readClaims } from './claims.ts';
import { diskFiles, type FileLayer } from '../../files/file-layer.ts';
import type { ChainEnd } from '../chain-end.ts';
import { JournalChain } from './journal-chain.ts';
import { JournalReader, type ReadFrom } from './journal-reader.ts';
import { JournalSync } from './journal-sync.ts';
import { JournalWriter } from './journal-writer.ts';
import { knownEnd, lookBack } from './look-back.ts';
import { encodeRecord, encodeFinalRecord, type SoundRecord } from './record-codec.ts';
import { createSegment, defaultSegmentBytes, journalFolder, segmentLabel } from './segments.ts';
import type { FileChange } from './segment-window.ts';
import { SessionFolder } from './session-files.ts';
import { lostEndFault, readOnly, unavailable } from './store-errors.ts';
import { Turn } from './turn.ts';
import { watchFolder } from './watch.ts';

export interface JournalOptions extends PresenceOptions {
  /** The `.federation` folder. Created by the first append. */
  readonly dir: string;
  /** A journal file is ended when it is this long. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Default: the disk. Tests make it fail. */
  readonly files?: FileLayer;
  /** Only looks: not even what was acknowledged is left on record. */
  readonly readOnly?: boolean;
}

const recordsPerTurn = 500;

export function openJournalStore(options: JournalOptions): JournalStore {
  return new JournalStore(options);
}

export class JournalStore implements EventStore {
  readonly clock = null;
  readonly documents = null;
  readonly presence: Presence;
  readonly #dir: string;
  readonly #files: FileLayer;
  readonly #segmentBytes: number;
  readonly #isReadOnly: boolean;
  readonly #sessions: SessionFolder;
  readonly #checkpoints: Checkpoints;
  readonly #turn: Turn;
  readonly #writer: JournalWriter;
  readonly #sync: JournalSync;
  readonly #stops = new Set<() => void>();
  #reader: JournalReader;
  /** What others or this process acknowledged, to be compared once the journal is read to its end. */
  #claims: readonly Claim[] | null = null;
  /** Something came with the last look, and `read` has not come to its end. */
  #hasNews = false;
  /** The last append came too late. */
  #hasLost = false;
  /** A restart that `read` has not told yet: until then nothing may be appended. */
  #isRestarted = false;
  #checkpointing: Promise<void> | undefined;
  #lostEnd: StoreFault | null = null;
  /** The era of the journal as last compared with the claims. */
  #era: string | null = null;
  #lastLoss: number | null = null;

  constructor(options: JournalOptions) {
    const { dir, segmentBytes = defaultSegmentBytes, files = diskFiles, graceMs, now } = options;
    this.#isReadOnly = options.readOnly ?? false;
    this.#dir = dir;
    this.#files = files;
    this.#segmentBytes = segmentBytes;
    this.#sessions = new SessionFolder(dir, () => ({ position: this.#sync.acknowledged, era: this.#era }));
    this.presence = new CountingPresence(this.#sessions, { graceMs, now });
    this.#checkpoints = new Checkpoints(files, dir, segmentBytes);
    this.#turn = new Turn(dir);
    this.#writer = new JournalWriter(files, dir, (descriptor) => this.#sync.release(descriptor));
    this.#sync = new JournalSync(files, dir, {
      reader: () => this.#reader,
      appendingTo: (segment) => this.#writer.descriptorFor(segment),
      restart: () => this.#restart(),
    });
    this.#reader = this.#readFrom();
  }

  get position(): Position {
    return this.#reader.head;
  }

  get fault(): StoreFault | null {
    return this.#sync.fault ?? this.#reader.fault ?? this.#lostEnd;
  }

  get lastLoss(): number | null {
    return this.#lastLoss;
  }

  /** The chain as one end of a copy. */
  get end(): ChainEnd {
    return new JournalChain(this.#dir);
  }

  async open(form: CheckpointForm | null): Promise<Checkpoint | null> {
    try {
      // Claims before the journal: whatever was acknowledged before this line is in it.
      this.#claims = readClaims(this.#dir);
      const checkpoint = await this.#checkpoints.load(form);
      if (!checkpoint) return null;
      this.#reader = this.#readFrom(await knownEnd(this.#files, this.#dir, checkpoint));
      this.#sync.acknowledged = checkpoint.position;
      this.#era = checkpoint.era ?? null;
      return { position: checkpoint.position, sections: checkpoint.sections };
    } catch (error) {
      throw unavailable(`open the store in ${this.#dir}`, error);
    }
  }

  refresh(): void {
    if (this.#notice(this.#reading(() => this.#reader.glance()))) this.#hasNews = true;
  }

  /** Reads the file as it goes: a long journal is never in memory as a whole. */
  *read(): Generator<StoredRecord | 'restarted', void, undefined> {
    while (this.#hasNews) {
      if (this.#isRestarted) {
        this.#isRestarted = false;
        yield 'restarted';
      }
      if (this.#peek()) yield this.#reader.accept();
      else if (!this.#isRestarted) this.#hasNews = false;
    }
  }

  append(draft: Draft): AppendVerdict {
    const verdict = this.#append(draft);
    if (verdict === 'conflict') this.#hasLost = true;
    else this.#turn.release();
    return verdict;
  }

  #append(draft: Draft): { readonly committed: StoredRecord } | 'conflict' {
    for (;;) {
      this.#refuseWhileReadOnly();
      if (this.#notice(this.#reading(() => this.#reader.inspect()))) {
        if (this.#isRestarted || this.#peek() || this.#isRestarted) return 'conflict';
        this.#refuseWhileReadOnly();
      }
      if ((this.#reader.window?.offset ?? 0) < this.#segmentBytes) break;
      if (!this.#endFile(draft.at)) return 'conflict';
    }
    const place = this.#nextPlace(draft.at);
    const encoded = encodeRecord(place, draft.commands);
    const position = { seq: place.seq, hash: encoded.hash };
    if (!this.#writer.commit(this.#reader, { ...encoded, position, at: place.at, final: false })) return 'conflict';
    return { committed: { ...position, at: place.at, commands: draft.commands } };
  }

  /** Closes a full file: first the next one is there, durably, then the record that says so. */
  #endFile(at: string): boolean {
    const place = this.#nextPlace(at);
    const next = this.#reader.segment + 1;
    try {
      createSegment(this.#files, this.#dir, next);
    } catch (error) {
      throw unavailable(`create ${segmentLabel(next)}`, error);
    }
    const encoded = encodeFinalRecord(place);
    const position = { seq: place.seq, hash: encoded.hash };
    return this.#writer.commit(this.#reader, { ...encoded, position, at: place.at, final: true });
  }

  #nextPlace(at: string) {
    const { head, headAt } = this.#reader;
    return { seq: head.seq + 1, at: keepPace(at, headAt), prev: head.hash };
  }

  sync(): Promise<void> {
    return this.#sync.upToHead();
  }

  backoff(losses: number): Promise<void> {
    return this.#turn.wait(losses);
  }

  /** A turn is kept for the next try of what has lost a race; where nothing was to be written, others need not wait. */
  letGo(): void {
    if (this.#hasLost) this.#hasLost = false;
    else this.#turn.release();
  }

  mayAppendUnseen(): boolean {
    return false;
  }

  watch(listener: () => void): () => void {
    const stop = watchFolder(journalFolder(this.#dir), () => this.#mayHaveNews(), listener);
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      stop();
    };
  }

  #mayHaveNews(): boolean {
    const change = this.#reader.glance();
    return this.#reader.fault ? change === 'replaced' : change !== 'none';
  }

  async tail(limit: number, after = 0): Promise<readonly StoredRecord[]> {
    const newest: StoredRecord[] = [];
    if (limit < 1) return newest;
    const { head, headPlace } = this.#reader;
    try {
      for await (const record of lookBack(this.#files, this.#dir, head, headPlace)) {
        if (record.seq <= after) break;
        if (record.final) continue;
        newest.push(asStored(record));
        if (newest.length === limit) break;
      }
    } catch (error) {
      throw unavailable('read the journal', error);
    }
    return newest.reverse();
  }

  /** @throws StoreError `corrupt-store` behind the last sound record, where the journal goes on damaged. */
  async *history(): AsyncGenerator<StoredRecord, void, undefined> {
    const reader = new JournalReader(this.#files, this.#dir);
    try {
      for (let count = 1; this.#reading(() => reader.peek()); count++) {
        yield reader.accept();
        if (count % recordsPerTurn === 0) await nextTurn();
      }
      if (reader.fault) throw readOnly(reader.fault);
    } finally {
      reader.close();
    }
  }

  /** Best effort: a disk that takes no checkpoint takes nothing away. */
  async checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    if (this.#checkpointing || this.fault || this.#isRestarted) return;
    this.#checkpointing = this.#checkpoint(when, take).finally(() => {
      this.#checkpointing = undefined;
    });
    await this.#checkpointing;
  }

  async #checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    const { head: position, headPlace: place, headAt: at } = this.#reader;
    const here: CheckpointHead = { position, place, at, era: this.#era };
    try {
      if (!this.#checkpoints.isDue(when, here)) return;
      const state = take();
      if (state.position.seq !== position.seq) {
        throw new RangeError(`Expected the state at ${position.seq}, got the one at ${state.position.seq}`);
      }
      await this.#checkpoints.write(when, here, state, () => this.sync());
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
    await this.#checkpointing;
    await this.#sync.settled();
    await this.presence.stop();
    this.#turn.release();
    try {
      if (!this.#isReadOnly) this.#sessions.leave();
    } catch {
      // A disk that takes no file; a cut-off end is then noticed by the older claims only.
    }
    this.#writer.close();
    this.#reader.close();
  }

  /** Whether there may be something to read; begins anew where the journal was replaced. */
  #notice(change: FileChange): boolean {
    if (change === 'replaced') this.#restart();
    return change !== 'none' || this.#isRestarted || this.#claims !== null || !this.#reader.isDrained;
  }

  /** The next record there is, its faults noticed; at the end the claims are held against the journal. */
  #peek(): SoundRecord | undefined {
    const found = this.#reading(this.#peekIntoReader);
    if (found) return found;
    if (this.#reader.needsFullRead) {
      this.#restart();
    } else if (this.#claims && !this.#reader.fault) {
      const unclosed = this.#reading(() => this.#reader.unclosed());
      if (unclosed === 'read on') return this.#peek();
      this.#lostEnd = this.#compare(this.#claims) ?? unclosed;
      this.#claims = null;
    }
    return undefined;
  }

  /** Holds the claims against the journal that was read to its end. */
  #compare(claims: readonly Claim[]): StoreFault | null {
    const losses = this.#reading(() => readAcceptedLosses(this.#dir));
    const lacking = lackingClaims(this.#reader, claims, losses).at(-1);
    if (lacking) return lostEndFault(lacking.position.seq, lacking.position.hash, lacking.source);
    const loss = lossInForce(this.#reader, losses);
    this.#era = loss?.record.hash ?? null;
    this.#lastLoss = loss?.record.seq ?? null;
    // Given up with an accepted loss: what comes in its place is to be synced and acknowledged anew.
    if (!holds(this.#reader, this.#sync.acknowledged)) this.#sync.acknowledged = origin;
    return null;
  }

  /** The journal is another one now, or must be judged from its start: everything is read again. */
  #restart(): void {
    this.#isRestarted = true;
    this.#lostEnd = null;
    this.#writer.close();
    this.#reader.close();
    this.#reader = this.#readFrom();
    const claims = this.#reading(() => readClaims(this.#dir));
    const { acknowledged } = this.#sync;
    const own = { position: acknowledged, era: this.#era, source: 'this process' };
    this.#claims = acknowledged.seq === 0 ? claims : [...claims, own];
  }

  /** One for all records: a long journal asks for each. */
  readonly #peekIntoReader = (): SoundRecord | undefined => this.#reader.peek();

  #readFrom(from?: ReadFrom): JournalReader {
    return new JournalReader(this.#files, this.#dir, from, (window) => this.#sync.release(window.descriptor));
  }

  #reading<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw unavailable('read the journal', error);
    }
  }

  #refuseWhileReadOnly(): void {
    const { fault } = this;
    if (fault) throw readOnly(fault);
  }
}

function asStored({ seq, at, hash, commands }: SoundRecord): StoredRecord {
  return { seq, at, hash, commands };
}
