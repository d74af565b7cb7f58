/**
 * The application: runs commands against the store, folds what everyone
 * committed into state, and tells subscribers.
 *
 * Commands that arrive while a record is being synced are decided together and
 * committed as the next record. Deciding, writing and reading back is
 * synchronous, so nobody ever reads speculative state.
 */
import { randomBytes } from 'node:crypto';
import PQueue from 'p-queue';
import { v7 as uuid } from 'uuid';
import type { Attendance } from '../domain/agents/attendance.ts';
import type { Actor, ArgsOf, CommandName, ResultOf } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import { decide } from '../domain/decide.ts';
import { StoreError } from '../domain/errors.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState, type Touched } from '../domain/federation-state.ts';
import { restoreState } from '../domain/restore-state.ts';
import { RouterNotReady } from '../domain/routing/router.ts';
import { nextDue } from '../domain/scheduling/tick.ts';
import { fromMillis, second, type Timestamp } from '../domain/time.ts';
import type {
  Federation,
  FederationChange,
  FederationOptions,
  LoadedRouter,
  LogFault,
  WebhookStanding,
} from '../federation.ts';
import type { ConfigWarning, LoadedConfig } from '../config/load-config.ts';
import type { Project } from '../files/project.ts';
import type { EventStore, PresenceEntry, StoredRecord, StoreFault } from '../store/event-store.ts';
import { checkpointForm } from './checkpoint-form.ts';
import { Duties } from './duties.ts';
import { LiveRouter } from './live-router.ts';
import {
  asError,
  decideTogether,
  type Group,
  type GroupContext,
  hasDue,
  holdersIn,
  namingCommand,
  nothingDone,
  systemActor,
  type Waiting,
} from './group.ts';

const nobody: ReadonlySet<string> = new Set();
const random = (bytes: number): Uint8Array => randomBytes(bytes);

/** Opens the store and folds what is there. @throws StoreError when it cannot be used at all. */
export async function runFederation(options: FederationOptions): Promise<Federation> {
  const { store } = options;
  try {
    const checkpoint = await store.open(checkpointForm);
    const state = checkpoint === null ? new FederationState() : restoreState(checkpoint.sections);
    const federation = new RunningFederation(options, state);
    federation.begin();
    return federation;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class RunningFederation implements Federation {
  readonly project: Project;
  readonly #refreshConfig: () => Promise<LoadedConfig | null>;
  readonly #store: EventStore;
  readonly #clock: () => number;
  readonly #onCommitted: (record: StoredRecord) => void;
  readonly #onTick: () => void;
  readonly #webhook: () => WebhookStanding | null;
  readonly #logFault: () => Promise<LogFault | null>;
  readonly #onClose: () => Promise<void>;
  readonly #duties: Duties;
  readonly #router: LiveRouter;
  readonly #commits = new PQueue({ concurrency: 1 });
  readonly #listeners = new Set<(change: FederationChange) => void>();
  /** The sessions that have spoken here and not ended. */
  readonly #announced = new Set<string>();
  #state: FederationState;
  #loaded: LoadedConfig;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #syncedSeq = 0;
  #lastNews = 0;
  /** Apart from process to process, so that not all of them write the same checkpoint at once. */
  readonly #idleAfter = (5 + 5 * Math.random()) * second;
  #stopWatching: (() => void) | null = null;
  #ticker: NodeJS.Timeout | null = null;

  constructor(options: FederationOptions, state: FederationState) {
    this.#loaded = { config: options.config, warnings: options.configWarnings ?? [] };
    this.#refreshConfig = options.refreshConfig ?? (async () => null);
    this.project = options.project;
    this.#store = options.store;
    this.#clock = options.clock ?? Date.now;
    this.#onCommitted = options.onCommitted ?? (() => undefined);
    this.#onTick = options.onTick ?? (() => undefined);
    this.#webhook = options.webhook ?? (() => null);
    this.#logFault = options.logFault ?? (async () => null);
    this.#onClose = options.onClose ?? (async () => undefined);
    this.#duties = new Duties(options.onTrouble ?? (() => undefined));
    this.#router = new LiveRouter({
      store: options.store,
      config: () => this.config,
      file: options.routerFile ?? null,
    });
    this.#state = state;
  }

  /** Folds what is there before anyone looks. */
  begin(): void {
    this.#fold();
    this.#state.takeTouched();
    this.#syncedSeq = this.#store.position.seq;
  }

  get config(): Config {
    return this.#loaded.config;
  }

  get configWarnings(): readonly ConfigWarning[] {
    return this.#loaded.warnings;
  }

  get fault(): StoreFault | null {
    return this.#store.fault;
  }

  get seq(): number {
    return this.#store.position.seq;
  }

  now(): Timestamp {
    return fromMillis(this.#clock());
  }

  state(): FederationState {
    this.#fold();
    return this.#state;
  }

  tail(limit: number, after?: number): Promise<readonly StoredRecord[]> {
    return this.#store.tail(limit, after);
  }

  history(): AsyncGenerator<StoredRecord, void, undefined> {
    return this.#store.history();
  }

  presence(): readonly PresenceEntry[] {
    // A process that keeps time looks every second anyway.
    if (this.#ticker === null) void this.#duties.run('observe', () => this.#store.presence.observe());
    return this.#store.presence.list();
  }

  attendance(): Attendance {
    let present: ReadonlySet<string> | null = null;
    return { now: this.now(), config: this.config, present: () => (present ??= this.#present()) };
  }

  #present(): ReadonlySet<string> {
    const grace = this.config.leases.grace_seconds * second;
    return new Set(this.presence().flatMap(({ agent, silentFor }) => (silentFor < grace ? [agent] : [])));
  }

  webhook(): WebhookStanding | null {
    return this.#webhook();
  }

  logFault(): Promise<LogFault | null> {
    return this.#logFault();
  }

  subscribe(listener: (change: FederationChange) => void): () => void {
    this.#stopWatching ??= this.#store.watch(() => {
      void this.#duties.run('news', () => this.#fold());
    });
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  keepTime(): void {
    // An observer that is late by half the grace time begins afresh: it must look well within that.
    const everyMs = Math.min(second, (this.config.leases.grace_seconds * second) / 8);
    this.#ticker ??= setInterval(() => this.#keepTimeOnce(), everyMs).unref();
  }

  execute<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>> {
    if (command === 'end_session') return this.#ending(actor, () => this.#commit(command, args, actor));
    this.#announce(actor);
    return this.#commit(command, args, actor);
  }

  #commit<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        id: uuid(),
        by: actor,
        fail: reject,
        run: (context) => {
          const decision = decide(this.#state, command, args, { ...context, actor });
          const meta = { at: context.now, by: actor.name };
          for (const event of decision.events) evolve(this.#state, event, meta);
          if ('refused' in decision) return { events: decision.events, answer: () => reject(decision.refused) };
          const result = decision.result();
          return { events: decision.events, answer: () => resolve(result) };
        },
      });
      this.#schedule();
    });
  }

  async close(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#stopWatching?.();
    this.#listeners.clear();
    await this.#commits.onIdle();
    await this.#keep('exit');
    this.#store.presence.stop();
    await this.#onClose();
    await this.#store.close();
  }

  async router(): Promise<LoadedRouter> {
    await this.#router.load(() => this.state());
    return this.#router;
  }

  async catchUp(): Promise<void> {
    const due = nextDue(this.state());
    if (due !== null && due <= this.now() && this.#store.fault === null) await this.#runTick(nobody);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#commits.add(() => this.#commitWaiting());
  }

  async #commitWaiting(): Promise<void> {
    this.#scheduled = false;
    let losses = 0;
    while (this.#waiting.length > 0) {
      await this.#store.backoff(losses);
      const group = this.#tryGroupOrFail();
      if (group === 'router-needed') {
        await this.#loadRouter();
        continue;
      }
      if (group === 'conflict') {
        losses += 1;
        continue;
      }
      losses = 0;
      await this.#acknowledge(group);
    }
    void this.#duties.run('checkpoint', () => this.#checkpoint('grown'));
  }

  /** Where the news cannot even be read, nobody is kept waiting. */
  #tryGroupOrFail(): Group | 'conflict' | 'router-needed' {
    try {
      return this.#tryGroup();
    } catch (error) {
      if (this.#state.undo.active) this.#takeBack(this.#state);
      if (error instanceof RouterNotReady) return 'router-needed';
      this.#failWaiting(error);
      return nothingDone;
    }
  }

  #failWaiting(error: unknown): void {
    const all = this.#waiting.splice(0);
    for (const { fail } of all) fail(asError(error));
  }

  async #loadRouter(): Promise<void> {
    try {
      await this.#router.load(() => this.state());
    } catch (error) {
      this.#failWaiting(error);
    }
  }

  /** Reads the news, decides as much as fits into a record and writes it. Synchronous throughout. */
  #tryGroup(): Group | 'conflict' {
    this.#fold();
    const state = this.#state;
    const { fault } = this.#store;
    if (fault !== null) {
      const all = this.#waiting.splice(0);
      for (const { fail } of all) fail(new StoreError(fault.code, fault.message, fault.next));
      return nothingDone;
    }
    state.undo.begin();
    const decided = decideTogether(state, this.#waiting, this.#context(nobody));
    if ('mistake' in decided) {
      // Of ours, and perhaps half folded: take the group back and try it without this command.
      this.#takeBack(state);
      for (const { fail } of this.#waiting.splice(decided.index, 1)) fail(decided.mistake);
      return 'conflict';
    }
    const { at, commands, answers, taken } = decided;
    const group = { commands, waiting: this.#waiting.slice(0, taken), answers, record: null };
    if (commands.length === 0) {
      state.undo.commit();
      this.#waiting.splice(0, taken);
      return group;
    }
    try {
      const verdict = this.#store.append({ at, commands });
      if (verdict === 'conflict') {
        this.#takeBack(state);
        return 'conflict';
      }
      state.undo.commit();
      this.#waiting.splice(0, taken);
      this.#lastNews = this.#clock();
      this.#router.note(verdict.committed, state);
      this.#publish();
      return { ...group, record: verdict.committed };
    } catch (error) {
      this.#takeBack(state);
      this.#waiting.splice(0, taken);
      for (const { id, fail } of group.waiting) fail(namingCommand(error, id));
      return nothingDone;
    }
  }

  #takeBack(state: FederationState): void {
    state.undo.rollback();
    state.takeTouched();
  }

  #context(gone: ReadonlySet<string>): GroupContext {
    return { ...this.attendance(), gone, random, router: this.#router };
  }

  async #acknowledge({ waiting, answers, record }: Group): Promise<void> {
    try {
      // An answer may also rest on what others committed and have not synced yet.
      if (this.#store.position.seq > this.#syncedSeq) {
        const { seq } = this.#store.position;
        await this.#store.sync();
        this.#syncedSeq = seq;
      }
      for (const answer of answers) answer();
      if (record !== null) {
        this.#onCommitted(record);
      }
    } catch (error) {
      for (const { id, fail } of waiting) fail(namingCommand(error, id));
    }
  }

  #fold(): void {
    for (const record of this.#store.read()) {
      if (record === 'restarted') {
        this.#state = new FederationState();
        this.#router.forget();
        this.#syncedSeq = 0;
        continue;
      }
      this.#lastNews = this.#clock();
      for (const { by, events } of record.commands) {
        const meta = { at: record.at, by };
        for (const event of events) evolve(this.#state, event, meta);
      }
      this.#router.note(record, this.#state);
    }
    this.#publish();
  }

  #publish(): void {
    const { touched } = this.#state;
    const { tasks, votes, measured, agents, inbox, switches } = touched;
    if (tasks.size === 0 && votes.size === 0 && measured.size === 0 && !agents && !inbox && !switches) return;
    const change: Touched = this.#state.takeTouched();
    for (const listener of Array.from(this.#listeners)) listener(change);
  }

  #announce({ name, session, client }: Actor): void {
    if (session === null || this.#announced.has(session)) return;
    this.#announced.add(session);
    this.#store.presence.start(session, name, client);
  }

  /** A session ends with the command that says so, also where that cannot be written: its leases then lapse. */
  async #ending<T>({ session }: Actor, commit: () => Promise<T>): Promise<T> {
    if (session === null) return await commit();
    this.#announced.delete(session);
    try {
      return await commit();
    } finally {
      // It may have spoken again meanwhile.
      if (!this.#announced.has(session)) this.#store.presence.end(session);
    }
  }

  /** Each by itself: one that fails, or takes its time, keeps none of the others waiting. */
  #keepTimeOnce(): void {
    void this.#duties.run('observe', () => this.#store.presence.observe());
    void this.#duties.run('configuration', () => this.#takeConfig());
    void this.#duties.run('news', () => this.#fold());
    if (this.#store.fault !== null) return;
    void this.#duties.run('webhook', () => this.#onTick());
    void this.#duties.run('due', () => this.#doDue());
  }

  async #doDue(): Promise<void> {
    const gone = this.#store.presence.gone(holdersIn(this.#state));
    if (hasDue(this.#state, this.#context(gone))) await this.#runTick(gone);
    else if (this.#clock() - this.#lastNews > this.#idleAfter) void this.#keep('idle');
  }

  /** Leases' grace and the log file are set when a process starts; everything else holds from the next decision on. */
  async #takeConfig(): Promise<void> {
    const changed = await this.#refreshConfig();
    if (changed === null) return;
    this.#loaded = changed;
    this.#state.touched.switches = true;
    this.#publish();
  }

  #runTick(gone: ReadonlySet<string>): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({
        id: uuid(),
        by: systemActor,
        // The next tick tries again.
        fail: () => resolve(),
        run: (context) => {
          const { events } = decide(this.#state, 'tick', {}, { ...context, gone, actor: systemActor });
          for (const event of events) evolve(this.#state, event, { at: context.now, by: systemActor.name });
          return { events, answer: resolve };
        },
      });
      this.#schedule();
    });
  }

  /** Only saves time at the next start: the journal has everything. */
  async #keep(when: 'idle' | 'exit'): Promise<void> {
    await this.#duties.run('checkpoint', () => this.#checkpoint(when));
    await this.#duties.run('router', async () => {
      if (this.#store.fault === null) await this.#router.save();
    });
  }

  async #checkpoint(when: 'grown' | 'idle' | 'exit'): Promise<void> {
    if (this.#store.fault !== null) return;
    await this.#store.checkpoint(when, () => ({
      position: this.#store.position,
      sections: this.#state.toSections(),
    }));
  }
}
