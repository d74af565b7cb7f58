/**
 * The event store in memory: for tests and for trying things out. Several
 * stores on one log behave as several processes on one journal do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AppendVerdict,
  Checkpoint,
  CheckpointForm,
  Draft,
  EventStore,
  Position,
  StoredRecord,
} from '../event-store.ts';
import { isSameForm, origin } from '../event-store.ts';
import { encodeRecord } from '../journal/record-codec.ts';
import { keepPace } from '../keep-pace.ts';
import { CountingPresence, type PresenceBoard, type PresenceOptions, type SessionNote } from '../presence.ts';

/** What the stores share. */
export class MemoryLog implements PresenceBoard {
  readonly records: StoredRecord[] = [];
  readonly listeners = new Set<() => void>();
  checkpoint: (Checkpoint & { readonly form: CheckpointForm }) | null = null;
  readonly #notes = new Map<string, SessionNote>();

  /** `null` where another has the place. */
  append({ seq, hash: prev }: Position, draft: Draft): StoredRecord | null {
    if (this.records.length !== seq) return null;
    const at = keepPace(draft.at, this.records.at(-1)?.at);
    const { hash } = encodeRecord({ seq: seq + 1, at, prev }, draft.commands);
    const record = { seq: seq + 1, at, hash, commands: draft.commands };
    this.records.push(structuredClone(record));
    for (const listener of this.listeners) setImmediate(listener).unref();
    return record;
  }

  post(note: SessionNote): void {
    this.#notes.set(note.session, note);
  }

  notes(): readonly SessionNote[] {
    return [...this.#notes.values()];
  }

  retire(sessions: ReadonlySet<string>): void {
    for (const session of sessions) this.#notes.delete(session);
  }
}

export class MemoryStore implements EventStore {
  readonly fault = null;
  readonly clock = null;
  readonly documents = null;
  readonly lastLoss = null;
  readonly presence: CountingPresence;
  readonly #log: MemoryLog;
  readonly #ownListeners = new Set<() => void>();
  #position = origin;
  #lookedTo = 0;
  #form: CheckpointForm | null = null;

  constructor(log: MemoryLog = new MemoryLog(), options: PresenceOptions = {}) {
    this.#log = log;
    this.presence = new CountingPresence(log, options);
  }

  get position(): Position {
    return this.#position;
  }

  async open(form: CheckpointForm | null): Promise<Checkpoint | null> {
    this.#form = form;
    const found = this.#log.checkpoint;
    if (!found || !form || !isSameForm(found.form, form)) return null;
    const { position, sections } = found;
    this.#position = position;
    return structuredClone({ position, sections });
  }

  refresh(): void {
    this.#lookedTo = this.#log.records.length;
  }

  *read(): Generator<StoredRecord, void, undefined> {
    for (;;) {
      const record = this.#log.records[this.#position.seq];
      if (!record || record.seq > this.#lookedTo) return;
      this.#position = { seq: record.seq, hash: record.hash };
      yield structuredClone(record);
    }
  }

  append(draft: Draft): AppendVerdict {
    const committed = this.#log.append(this.#position, draft);
    if (committed === null) return 'conflict';
    const { seq, hash } = committed;
    this.#position = { seq, hash };
    return { committed };
  }

  async sync(): Promise<void> {}

  async backoff(losses: number): Promise<void> {
    if (losses > 1) await sleep(Math.random() * 20);
  }

  letGo(): void {}

  mayAppendUnseen(): boolean {
    return false;
  }

  watch(listener: () => void): () => void {
    // Each watch is its own entry, even where two share a function.
    const entry = () => listener();
    this.#log.listeners.add(entry);
    this.#ownListeners.add(entry);
    return () => {
      this.#log.listeners.delete(entry);
      this.#ownListeners.delete(entry);
    };
  }

  async tail(limit: number, after = 0): Promise<readonly StoredRecord[]> {
    const from = Math.max(after, this.#position.seq - limit);
    return structuredClone(this.#log.records.slice(from, this.#position.seq));
  }

  async *history(): AsyncGenerator<StoredRecord, void, undefined> {
    for (const record of this.#log.records) yield structuredClone(record);
  }

  async checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    const last = this.#log.checkpoint;
    const kept = last && this.#form && isSameForm(last.form, this.#form) ? last.position.seq : 0;
    if (!this.#form || when === 'grown' || this.#position.seq <= kept) return;
    this.#log.checkpoint = { ...structuredClone(take()), form: this.#form };
  }

  async close(): Promise<void> {
    await this.presence.stop();
    for (const entry of this.#ownListeners) this.#log.listeners.delete(entry);
    this.#ownListeners.clear();
  }
}
