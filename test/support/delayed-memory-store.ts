/**
 * The store in memory as a remote one: every answer comes after a delay that
 * differs from call to call, the verdict on an append too. Several on one log
 * race for each place. The same seed gives the same delays.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type {
  AppendVerdict,
  Checkpoint,
  CheckpointForm,
  Draft,
  EventStore,
  Position,
  Presence,
  StoredRecord,
} from '../../src/store/event-store.ts';
import { type MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import {
  CountingPresence,
  type PresenceBoard,
  type PresenceOptions,
  type SessionNote,
} from '../../src/store/presence.ts';

const longestMs = 4;

export type Delay = () => Promise<void>;

export function seededDelay(seed: number): Delay {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
  return async () => {
    const dice = next();
    if (dice < 0.3) return;
    if (dice < 0.6) await nextTurn();
    else await sleep(next() * longestMs);
  };
}

let count = 0;

export class DelayedMemoryStore implements EventStore {
  readonly fault = null;
  readonly clock = null;
  readonly documents = null;
  readonly lastLoss = null;
  readonly presence: Presence;
  readonly #log: MemoryLog;
  readonly #inner: MemoryStore;
  readonly #delay: Delay;

  constructor(log: MemoryLog, options: PresenceOptions = {}, delay: Delay = seededDelay(++count)) {
    this.#log = log;
    this.#inner = new MemoryStore(log);
    this.#delay = delay;
    this.presence = new CountingPresence(delayedBoard(log, delay), options);
  }

  get position(): Position {
    return this.#inner.position;
  }

  async open(form: CheckpointForm | null): Promise<Checkpoint | null> {
    await this.#delay();
    return await this.#inner.open(form);
  }

  async refresh(): Promise<void> {
    await this.#delay();
    this.#inner.refresh();
    await this.#delay();
  }

  read(): Generator<StoredRecord, void, undefined> {
    return this.#inner.read();
  }

  append(draft: Draft): Promise<AppendVerdict> {
    return this.#append(this.position, draft);
  }

  async #append(behind: Position, draft: Draft): Promise<AppendVerdict> {
    await this.#delay();
    const committed = this.#log.append(behind, draft);
    await this.#delay();
    if (committed === null) return 'conflict';
    this.#inner.refresh();
    return { committed };
  }

  sync(): Promise<void> {
    return this.#delay();
  }

  backoff(losses: number): Promise<void> {
    return this.#inner.backoff(losses);
  }

  letGo(): void {
    this.#inner.letGo();
  }

  /** Now and then. */
  mayAppendUnseen(): boolean {
    return this.position.seq % 3 !== 0;
  }

  watch(listener: () => void): () => void {
    return this.#inner.watch(listener);
  }

  async tail(limit: number, after?: number): Promise<readonly StoredRecord[]> {
    await this.#delay();
    return await this.#inner.tail(limit, after);
  }

  async *history(): AsyncGenerator<StoredRecord, void, undefined> {
    await this.#delay();
    yield* this.#inner.history();
  }

  async checkpoint(when: 'grown' | 'idle' | 'exit', take: () => Checkpoint): Promise<void> {
    await this.#delay();
    await this.#inner.checkpoint(when, take);
  }

  async close(): Promise<void> {
    await this.presence.stop();
    await this.#delay();
    await this.#inner.close();
  }
}

/** Notes arrive late, in the order they were given. */
function delayedBoard(board: PresenceBoard, delay: Delay): PresenceBoard {
  let last: Promise<void> = Promise.resolve();
  return {
    post: (note: SessionNote) => {
      last = last.then(delay).then(() => board.post(note));
      return last;
    },
    notes: async () => {
      await delay();
      return await board.notes();
    },
    retire: async (sessions) => {
      await delay();
      await board.retire(sessions);
    },
  };
}
