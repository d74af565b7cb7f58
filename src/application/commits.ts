/**
 * Commits commands in groups: those that arrive in the same turn, or while a record
 * is being made durable, are decided together and become the next one. Where many
 * arrive, the next record is written while the one before it is made durable: so
 * clients and this process work at the same time instead of in turn.
 *
 * Where the store gives its verdict at once, deciding, writing and reading back
 * happen without an await between. Where it gives it later, what was decided is
 * taken back before waiting, and folded like anyone's record once it is
 * committed. Either way nobody reads speculative state.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { StoreError } from '../domain/errors.ts';
import { RouterNotReady } from '../domain/routing/router.ts';
import type { AppendVerdict, EventStore, StoredRecord } from '../store/event-store.ts';
import type { FoldedState } from './folded-state.ts';
import {
  asError,
  decideTogether,
  type Group,
  type GroupContext,
  namingCommand,
  nothingDone,
  type Waiting,
} from './group.ts';

export interface CommitOptions {
  readonly store: EventStore;
  readonly folded: FoldedState;
  /** What a group is decided with, as of now. */
  readonly context: () => GroupContext;
  /** A command needs the router. */
  readonly loadRouter: () => Promise<void>;
  /** Told of every record committed here, once it is durable. */
  readonly onCommitted: (record: StoredRecord) => void;
  /** Nothing waits any more. */
  readonly onIdle: () => void;
}

/** So many that wait are worth a record of their own before the one before it is durable. */
const worthARecord = 16;

type Outcome = Group | 'conflict' | 'router-needed';

/** `unseen`: on what was read last; what could not be appended so is decided again after a look. */
type Basis = 'looked' | 'unseen';

export class Commits {
  readonly #options: CommitOptions;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #waiting: Waiting[] = [];
  #isScheduled = false;
  #syncedSeq = 0;
  /** Ends when the last record is durable and answered for. */
  #acknowledging: Promise<void> = Promise.resolve();
  #enoughWait: (() => void) | null = null;

  constructor(options: CommitOptions) {
    this.#options = options;
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length >= worthARecord) this.#enoughWait?.();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void this.#queue.add(() => this.#commitWaiting());
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    await this.#queue.onIdle();
    await this.#acknowledging;
  }

  /** Everything up to here is durable: it was so when the store was opened, or nothing is known of another journal. */
  noteSynced(seq: number): void {
    this.#syncedSeq = seq;
  }

  async #commitWaiting(): Promise<void> {
    // What has come in one piece is decided in one.
    await nextTurn();
    this.#isScheduled = false;
    let losses = 0;
    while (this.#waiting.length > 0) {
      await this.#untilWorthARecord();
      await this.#options.store.backoff(losses);
      const unseen =
        losses === 0 && this.#options.store.mayAppendUnseen() ? await this.#tryGroup('unseen') : 'conflict';
      const outcome = unseen === 'conflict' ? await this.#tryGroup('looked') : unseen;
      this.#options.store.letGo();
      if (outcome === 'router-needed') await this.#loadRouter();
      else if (outcome === 'conflict') losses += 1;
      else {
        losses = 0;
        const before = this.#acknowledging;
        this.#acknowledging = this.#acknowledge(outcome);
        await before;
      }
    }
    this.#options.onIdle();
  }

  /** Until the last record is durable, or enough wait. */
  async #untilWorthARecord(): Promise<void> {
    if (this.#waiting.length >= worthARecord) return;
    const enough = new Promise<void>((resolve) => {
      this.#enoughWait = resolve;
    });
    await Promise.race([this.#acknowledging, enough]);
    this.#enoughWait = null;
  }

  async #tryGroup(basis: Basis): Promise<Outcome> {
    const { store, folded } = this.#options;
    try {
      const looking = basis === 'looked' ? folded.refresh() : undefined;
      if (looking !== undefined) await looking;
      const { fault } = store;
      if (fault !== null) {
        this.#failWaiting(() => new StoreError(fault.code, fault.message, fault.next));
        return nothingDone;
      }
      return await this.#decideAndAppend(basis);
    } catch (error) {
      folded.takeBack();
      if (error instanceof RouterNotReady) return 'router-needed';
      // Where the news cannot even be read, nobody is kept waiting.
      this.#failWaiting(() => asError(error));
      return nothingDone;
    }
  }

  /** Decides as much as fits into a record and writes it. Synchronous as far as the store is. */
  #decideAndAppend(basis: Basis): Outcome | Promise<Outcome> {
    const { store, folded, context } = this.#options;
    folded.beginTrying();
    const decided = decideTogether(folded.current, this.#waiting, context());
    if ('mistake' in decided) {
      // Of ours, and perhaps half folded: take the group back and try it without this command.
      folded.takeBack();
      for (const { fail } of this.#waiting.splice(decided.index, 1)) fail(decided.mistake);
      return 'conflict';
    }
    const { at, commands, answers, taken, isWhole } = decided;
    if (basis === 'unseen' && !isWhole) {
      // A refusal, or an answer that nothing is written for, may rest on what is over.
      folded.takeBack();
      return 'conflict';
    }
    const group = { commands, waiting: this.#waiting.slice(0, taken), answers, record: null };
    if (commands.length === 0) {
      folded.keep(null);
      this.#remove(group);
      return group;
    }
    try {
      const verdict = store.append({ at, commands });
      if (verdict instanceof Promise) {
        folded.takeBack();
        return this.#awaitVerdict(verdict, group);
      }
      if (verdict === 'conflict') {
        folded.takeBack();
        return 'conflict';
      }
      folded.keep(verdict.committed);
      this.#remove(group);
      return { ...group, record: verdict.committed };
    } catch (error) {
      return this.#inDoubt(group, error);
    }
  }

  async #awaitVerdict(promised: Promise<AppendVerdict>, group: Group): Promise<Outcome> {
    try {
      const verdict = await promised;
      if (verdict === 'conflict') return 'conflict';
      // It comes in its place among everyone's.
      this.#options.folded.fold();
      this.#remove(group);
      return { ...group, record: verdict.committed };
    } catch (error) {
      return this.#inDoubt(group, error);
    }
  }

  #inDoubt(group: Group, error: unknown): Group {
    this.#options.folded.takeBack();
    this.#remove(group);
    for (const { id, fail } of group.waiting) fail(namingCommand(error, id));
    return nothingDone;
  }

  /** What came while its verdict was awaited stands behind it. */
  #remove({ waiting }: Group): void {
    if (this.#waiting[0] === waiting[0]) this.#waiting.splice(0, waiting.length);
  }

  async #loadRouter(): Promise<void> {
    try {
      await this.#options.loadRouter();
    } catch (error) {
      this.#failWaiting(() => asError(error));
    }
  }

  #failWaiting(reason: () => Error): void {
    for (const { fail } of this.#waiting.splice(0)) fail(reason());
  }

  async #acknowledge({ waiting, answers, record }: Group): Promise<void> {
    const { store, onCommitted } = this.#options;
    try {
      // An answer may also rest on what others committed and have not synced yet.
      const { seq } = store.position;
      if (seq > this.#syncedSeq) {
        await store.sync();
        this.#syncedSeq = seq;
      }
      for (const answer of answers) answer();
      if (record !== null) onCommitted(record);
    } catch (error) {
      for (const { id, fail } of waiting) fail(namingCommand(error, id));
    }
  }
}
