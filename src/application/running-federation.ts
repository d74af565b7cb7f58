/**
 * The application: runs commands against the store, folds what everyone
 * committed into state, and tells subscribers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attendance } from '../domain/agents/attendance.ts';
import type { Actor, ArgsOf, CommandName, ResultOf } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import { decide } from '../domain/decide.ts';
import type { FederationEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { restoreState } from '../domain/restore-state.ts';
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
import type { SharedDocuments } from '../files/shared-document.ts';
import type { EventStore, PresenceEntry, StoredRecord, StoreFault } from '../store/event-store.ts';
import { checkpointForm } from './checkpoint-form.ts';
import { Commits } from './commits.ts';
import { Duties } from './duties.ts';
import { FoldedState } from './folded-state.ts';
import { type GroupContext, hasDue, holdersIn, systemActor } from './group.ts';
import { LiveRouter } from './live-router.ts';
import { LiveTime } from './live-time.ts';
import { commandId, random } from './random.ts';

const nobody: ReadonlySet<string> = new Set();
/** By then a clock that goes was seen to go. */
const mostLooks = 4;

/** Opens the store and folds what is there. @throws StoreError when it cannot be used at all. */
export async function runFederation(options: FederationOptions): Promise<Federation> {
  const { store } = options;
  try {
    const checkpoint = await store.open(checkpointForm);
    const state = checkpoint === null ? new FederationState() : restoreState(checkpoint.sections);
    const federation = new RunningFederation(options, state);
    await federation.begin();
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
  readonly #onTick: () => void;
  readonly #boardAddress: () => string | null;
  readonly #webhook: () => WebhookStanding | null;
  readonly #logFault: () => Promise<LogFault | null>;
  readonly #onClose: () => Promise<void>;
  readonly #duties: Duties;
  readonly #time: LiveTime;
  readonly #router: LiveRouter;
  readonly #folded: FoldedState;
  readonly #commits: Commits;
  /** The sessions that have spoken here and not ended. */
  readonly #announced = new Set<string>();
  #loaded: LoadedConfig;
  /** Apart from process to process, so that not all of them write the same checkpoint at once. */
  readonly #idleAfter = (5 + 5 * Math.random()) * second;
  #stopWatching: (() => void) | null = null;
  #ticker: NodeJS.Timeout | null = null;

  constructor(options: FederationOptions, state: FederationState) {
    const { store, onTrouble = () => undefined, onCommitted = () => undefined, onRestart = () => undefined } = options;
    const clock = options.clock ?? store.clock ?? Date.now;
    this.#loaded = { config: options.config, warnings: options.configWarnings ?? [] };
    this.#refreshConfig = options.refreshConfig ?? (async () => null);
    this.project = options.project;
    this.#store = store;
    this.#clock = clock;
    this.#onTick = options.onTick ?? (() => undefined);
    this.#boardAddress = options.boardAddress ?? (() => null);
    this.#webhook = options.webhook ?? (() => null);
    this.#logFault = options.logFault ?? (async () => null);
    this.#onClose = options.onClose ?? (async () => undefined);
    this.#duties = new Duties(onTrouble);
    this.#time = new LiveTime({ ...options, presence: store.presence, shared: store.clock });
    this.#router = new LiveRouter({ store, config: () => this.config, file: options.routerFile ?? null });
    this.#folded = new FoldedState(
      {
        store,
        clock,
        onTrouble,
        onFolded: (record, folded) => {
          this.#time.note(record);
          this.#router.note(record, folded);
        },
        onRestart: () => {
          this.#router.forget();
          this.#commits.noteSynced(0);
          onRestart();
        },
      },
      state,
    );
    this.#commits = new Commits({
      store,
      folded: this.#folded,
      context: () => this.#context(nobody),
      loadRouter: () => this.#router.load(() => this.state()),
      onCommitted,
      onIdle: () => void this.#duties.run('checkpoint', () => this.#checkpoint('grown')),
    });
  }

  /** Folds what is there before anyone looks. */
  async begin(): Promise<void> {
    await this.#folded.refresh();
    // Before anything is decided by this process's own clock.
    await this.#duties.run('observe', () => this.#observe());
    this.#folded.current.takeTouched();
    this.#commits.noteSynced(this.#store.position.seq);
  }

  get documents(): SharedDocuments | null {
    return this.#store.documents;
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
    return fromMillis(this.#time.now());
  }

  clockWarnings(): readonly string[] {
    return this.#time.warnings(this.state());
  }

  state(): FederationState {
    return this.#folded.current;
  }

  async refresh(): Promise<void> {
    await this.#folded.refresh();
    // A process that keeps time looks every second anyway.
    if (this.#ticker === null) await this.#duties.run('observe', () => this.#observe());
  }

  tail(limit: number, after?: number): Promise<readonly StoredRecord[]> {
    return this.#store.tail(limit, after);
  }

  history(): AsyncGenerator<StoredRecord, void, undefined> {
    return this.#store.history();
  }

  presence(): readonly PresenceEntry[] {
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

  boardAddress(): string | null {
    return this.#boardAddress();
  }

  webhook(): WebhookStanding | null {
    return this.#webhook();
  }

  logFault(): Promise<LogFault | null> {
    return this.#logFault();
  }

  subscribe(listener: (change: FederationChange) => void): () => void {
    this.#stopWatching ??= this.#store.watch(() => {
      // A look under way may be too early for what this is about.
      void this.#duties.runAnew('news', () => this.#folded.refresh());
    });
    return this.#folded.subscribe(listener);
  }

  keepTime(): void {
    // An observer that is late by half the grace time begins afresh: it must look well within that.
    const everyMs = Math.min(second, (this.config.leases.grace_seconds * second) / 8);
    this.#ticker ??= setInterval(() => this.#keepTimeOnce(), everyMs).unref();
  }

  executeAll<C extends CommandName>(command: C, all: readonly ArgsOf<C>[], actor: Actor): Promise<ResultOf<C>[]> {
    this.attend(actor);
    return this.#commitAll(command, all, actor);
  }

  execute<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>> {
    if (command === 'end_session') return this.#ending(actor, () => this.#commit(command, args, actor));
    this.attend(actor);
    return this.#commit(command, args, actor);
  }

  rest(session: string): void {
    if (this.#announced.delete(session)) this.#store.presence.rest(session);
  }

  async #commit<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>> {
    const [result] = await this.#commitAll(command, [args], actor);
    if (result === undefined) throw new Error(`Expected ${command} to give a result, got none`);
    return result;
  }

  /** Decided one after the other; where one is refused, those before it are taken back. */
  async #commitAll<C extends CommandName>(command: C, all: readonly ArgsOf<C>[], actor: Actor): Promise<ResultOf<C>[]> {
    // A process that stays finds out whose clock is right before it writes by its own.
    if (this.#ticker !== null && this.#time.isUnknown) await this.#time.untilKnown();
    return await new Promise((resolve, reject) => {
      this.#commits.add({
        id: commandId(),
        by: actor,
        fail: reject,
        run: (context) => {
          const state = this.#folded.current;
          const meta = { at: context.now, by: actor.name };
          const begin = state.undo.mark();
          const events: FederationEvent[] = [];
          const results: ResultOf<C>[] = [];
          try {
            for (const args of all) {
              const decision = decide(state, command, args, { ...context, actor });
              if ('refused' in decision) state.undo.backTo(begin);
              for (const event of decision.events) evolve(state, event, meta);
              if ('refused' in decision) return { events: decision.events, answer: () => reject(decision.refused) };
              results.push(decision.result());
              events.push(...decision.events);
            }
          } catch (error) {
            state.undo.backTo(begin);
            throw error;
          }
          return { events, answer: () => resolve(results) };
        },
      });
    });
  }

  async close(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#stopWatching?.();
    this.#folded.silence();
    await this.#commits.settled();
    await this.#keep('exit');
    await this.#store.presence.stop();
    await this.#onClose();
    await this.#store.close();
  }

  async router(): Promise<LoadedRouter> {
    await this.#router.load(() => this.state());
    return this.#router;
  }

  async catchUp(): Promise<void> {
    await this.refresh();
    const due = nextDue(this.state());
    if (due === null || due > this.now() || this.#store.fault !== null) return;
    for (let looks = 0; this.#time.isUnknown && looks < mostLooks; looks += 1) {
      await sleep(second);
      await this.refresh();
    }
    await this.#runTick(nobody);
  }

  async #observe(): Promise<void> {
    const looking = this.#store.presence.observe();
    if (looking !== undefined) await looking;
    this.#time.judge();
  }

  #context(gone: ReadonlySet<string>): GroupContext {
    const { now, config, present } = this.attendance();
    // Written out: spreading both takes ten times as long, before every command.
    const { step, leavesTime, isTimeSure = true, clockTrouble } = this.#time.standing(this.state());
    const context = { now, config, present, step, leavesTime, isTimeSure, gone, random, router: this.#router };
    return clockTrouble === undefined ? context : { ...context, clockTrouble };
  }

  attend(actor: Actor): void {
    this.#announce(actor);
  }

  /** What acts for a run is not the run: its runner shows that that lives. */
  #announce({ name, session, client, run }: Actor): void {
    if (session === null || run !== undefined || this.#announced.has(session)) return;
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
    void this.#duties.run('observe', () => this.#observe());
    void this.#duties.run('configuration', () => this.#takeConfig());
    void this.#duties.run('news', () => this.#folded.refresh());
    if (this.#store.fault !== null) return;
    void this.#duties.run('webhook', () => this.#onTick());
    void this.#duties.run('due', () => this.#doDue());
  }

  async #doDue(): Promise<void> {
    const gone = this.#store.presence.gone(holdersIn(this.state()));
    if (hasDue(this.state(), this.#context(gone))) await this.#runTick(gone);
    else if (this.#clock() - this.#folded.lastNews > this.#idleAfter) void this.#keep('idle');
  }

  /** Leases' grace and the log file are set when a process starts; everything else holds from the next decision on. */
  async #takeConfig(): Promise<void> {
    const changed = await this.#refreshConfig();
    if (changed === null) return;
    this.#loaded = changed;
    this.#folded.current.touched.switches = true;
    this.#folded.publish();
  }

  #runTick(gone: ReadonlySet<string>): Promise<void> {
    return new Promise((resolve) => {
      this.#commits.add({
        id: commandId(),
        by: systemActor,
        // The next tick tries again.
        fail: () => resolve(),
        run: (context) => {
          if (context.leavesTime) return { events: [], answer: resolve };
          const state = this.#folded.current;
          const { events } = decide(state, 'tick', {}, { ...context, gone, actor: systemActor });
          for (const event of events) evolve(state, event, { at: context.now, by: systemActor.name });
          return { events, answer: resolve };
        },
      });
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
      sections: this.#folded.current.toSections(),
    }));
  }
}
