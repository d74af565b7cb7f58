/**
 * The router of a running federation: learns from every record that is folded,
 * whoever committed it, and answers what decisions ask.
 *
 * Nothing of it is loaded before something is queued for `auto`. What was
 * learned is kept in a file beside the checkpoint, with the record up to which
 * it was learned; what came after is read from the journal, and without a
 * usable file everything is. Either way the same history gives the same router.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { type Lesson, lessonsOf } from '../domain/routing/lesson.ts';
import { participantKind } from '../domain/participants.ts';
import { mattersMuch } from '../domain/routing/route-task.ts';
import { RouterNotReady, type RoutingQuestion, type RoutingStrategy } from '../domain/routing/router.ts';
import { type Routing, routingMethods } from '../domain/routing/decision.ts';
import type { LoadedRouter, RouterFile } from '../federation.ts';
import type * as Library from '../routing/index.ts';
import type { EventStore, Position, StoredRecord } from '../store/event-store.ts';
import { routingRecord } from './routing-record.ts';

export interface LiveRouterOptions {
  readonly store: EventStore;
  /** The configuration in force. */
  readonly config: () => Config;
  /** `null`: everything is learned again in each process. */
  readonly file: RouterFile | null;
}

/**
 * What was just learned of waits until the answer that brought it has gone, and is then learned in slices, so that no call
 * waits long for it.
 */
const afterAnswer = 5;
const longestSlice = 5;
/** So many that wait are not given a pause. */
const manyWaiting = 256;
/** Lessons that are worth writing the file anew, or a fiftieth of all where that is more. */
const worthSaving = 32;
/**
 * At the latest when so much of the retained tasks is new: beyond a file whose tasks have left the state, everything is
 * learned again from the whole journal, with a million events for minutes.
 */
const shareOfRetained = 1 / 5;
/**
 * The file begins with a hash of all that follows it, the place in the journal
 * (20 digits of the record's number, 32 of its hash) and what it was learned
 * with (32 of the hash of roster, rules and evidence): another roster learns otherwise.
 */
const fileHead = /^([0-9a-f]{32})(\d{20})([0-9a-f]{32})([0-9a-f]{32})$/;
const headBytes = 116;

/** Lessons of one record, those in front learned already. */
interface News {
  readonly position: Position;
  readonly lessons: Lesson[];
}

interface Loaded {
  readonly library: typeof Library;
  readonly router: Library.Router;
  /** The one in force; its roster and rules are the ones that were learned with. */
  config: Config;
  readonly learnedWith: string;
  /** The last record it has learned from. */
  position: Position;
  /** Lessons that the file does not hold. */
  unsaved: number;
}

export class LiveRouter implements LoadedRouter {
  readonly #options: LiveRouterOptions;
  #loaded: Loaded | null = null;
  #loading: Promise<void> | null = null;
  /** What was folded while it was being loaded. */
  #news: News[] = [];
  /** What was folded since and is not learned yet, in order. */
  #waiting: News[] = [];
  #nextSlice: NodeJS.Timeout | null = null;
  /** Raised when the journal was replaced: what was loaded from the old one does not count. */
  #generation = 0;

  constructor(options: LiveRouterOptions) {
    this.#options = options;
  }

  route(question: RoutingQuestion): Routing {
    const { router, config } = this.#current();
    return answer(router, config, question);
  }

  /** The library's router, for what goes beyond routing a task. @throws RouterNotReady */
  get router(): Library.Router {
    return this.#current().router;
  }

  /** Loads it once. `state` folds what there is. @throws StoreError where the journal cannot be read. */
  async load(state: () => FederationState): Promise<void> {
    for (;;) {
      this.#forgetOtherRoster();
      if (this.#loaded !== null) return;
      this.#loading ??= this.#load(state).finally(() => {
        this.#loading = null;
      });
      await this.#loading;
    }
  }

  /** Learns from a record that was just folded into `state`: soon, and at the latest before it is asked anything. */
  note(record: StoredRecord, state: FederationState): void {
    if (this.#loaded === null && this.#loading === null) return;
    const { seq, hash } = record;
    const news = { position: { seq, hash }, lessons: lessonsIn(record, state, this.#options.config()) };
    if (this.#loaded === null) this.#news.push(news);
    else {
      this.#waiting.push(news);
      this.#learnSoon();
    }
  }

  #learnSoon(): void {
    if (this.#nextSlice !== null) return;
    const delay = this.#waiting.length < manyWaiting ? afterAnswer : 0;
    this.#nextSlice = setTimeout(() => {
      this.#nextSlice = null;
      this.#learnWaiting(longestSlice);
      if (this.#waiting.length > 0) this.#learnSoon();
    }, delay).unref();
  }

  /** For so many milliseconds: all of it by default. */
  #learnWaiting(milliseconds = Number.POSITIVE_INFINITY): void {
    const loaded = this.#loaded;
    if (loaded === null) return;
    const end = performance.now() + milliseconds;
    let learned = 0;
    for (const { position, lessons } of this.#waiting) {
      let taken = 0;
      for (const lesson of lessons) {
        if (performance.now() >= end) break;
        learnOne(loaded, lesson);
        taken += 1;
      }
      lessons.splice(0, taken);
      if (lessons.length > 0) break;
      loaded.position = position;
      learned += 1;
    }
    this.#waiting.splice(0, learned);
  }

  /** The journal is another one now. */
  forget(): void {
    this.#generation += 1;
    this.#loaded = null;
    this.#news = [];
    this.#waiting = [];
  }

  /** Keeps what was learned, if it is worth the time and nobody has kept more. */
  async save(): Promise<void> {
    const { file } = this.#options;
    const loaded = this.#loaded;
    if (file === null || loaded === null) return;
    this.#learnWaiting();
    const { library, router } = loaded;
    const enough = Math.max(worthSaving, router.learner.outcomes / 50);
    const most = loaded.config.retention.finished_tasks * shareOfRetained;
    if (loaded.unsaved < Math.min(enough, most)) return;
    const there = readKept(await file.read());
    // Only now: while the file was looked at, more may have been learned, or all of it forgotten.
    const { position, learnedWith } = loaded;
    if (this.#loaded !== loaded) return;
    if (there?.learnedWith === learnedWith && there.position.seq >= position.seq) return;
    loaded.unsaved = 0;
    const saved = library.saveLearner(router.learner);
    const place = Buffer.from(`${String(position.seq).padStart(20, '0')}${position.hash}${learnedWith}`);
    const content = Buffer.concat([place, await saved]);
    await file.write(Buffer.concat([Buffer.from(hashOf(content)), content]));
  }

  #current(): Loaded {
    this.#forgetOtherRoster();
    if (this.#loaded === null) throw new RouterNotReady();
    this.#learnWaiting();
    return this.#loaded;
  }

  /**
   * With another roster or other rules everything is learned again, as a fresh
   * process would: else what a router says would depend on when it was asked.
   */
  #forgetOtherRoster(): void {
    const loaded = this.#loaded;
    const config = this.#options.config();
    if (loaded === null || loaded.config === config) return;
    if (learnedWithIn(config) !== loaded.learnedWith) return this.forget();
    loaded.config = config;
    loaded.router.configure(optionsFrom(config));
  }

  async #load(state: () => FederationState): Promise<void> {
    const generation = this.#generation;
    const library = await import('../routing/index.ts');
    // From here on `note` collects what is folded; what was folded before is read.
    state();
    this.#news = [];
    const head = this.#options.store.position;
    const config = this.#options.config();
    const loaded = (await this.#restore(library, config, head, state)) ?? (await this.#rebuild(library, config, head));
    if (generation !== this.#generation) return;
    for (const news of this.#news) if (news.position.seq > loaded.position.seq) learn(loaded, news);
    this.#news = [];
    this.#loaded = loaded;
  }

  /** From the file, and what the journal has beyond it; null where the file is of no use. */
  async #restore(
    library: typeof Library,
    config: Config,
    head: Position,
    state: () => FederationState,
  ): Promise<Loaded | null> {
    const kept = readKept((await this.#options.file?.read()) ?? null);
    const learnedWith = learnedWithIn(config);
    if (kept === null || kept.learnedWith !== learnedWith || kept.position.seq > head.seq) return null;
    const { position } = kept;
    const [known, ...since] = await this.#options.store.tail(Number.POSITIVE_INFINITY, position.seq - 1);
    if (known?.seq !== position.seq || known.hash !== position.hash) return null;
    const { agents, rules } = optionsFrom(config);
    const learner = library.loadLearner(kept.content, agents, rules);
    if (learner === null) return null;
    const router = new library.Router(optionsFrom(config), learner);
    const loaded = { library, router, config, learnedWith, position, unsaved: 0 };
    for (const record of since) {
      if (record.seq > head.seq) break;
      // A task that has left the state, or whose attempt is forgotten: its words are in the journal only.
      if (!isKnown(record, state())) return null;
      learn(loaded, { position: { seq: record.seq, hash: record.hash }, lessons: lessonsIn(record, state(), config) });
    }
    return loaded;
  }

  async #rebuild(library: typeof Library, config: Config, head: Position): Promise<Loaded> {
    const router = new library.Router(optionsFrom(config));
    const learnedWith = learnedWithIn(config);
    const loaded = { library, router, config, learnedWith, position: { seq: 0, hash: '' }, unsaved: 0 };
    for await (const { position, lessons } of lessonsThrough(this.#options.store.history(), config)) {
      if (position.seq > head.seq) break;
      learn(loaded, { position, lessons });
    }
    return loaded;
  }
}

/** Every lesson of a history, in order. Folds it, because what an event teaches depends on its task. */
export async function* lessonsThrough(
  history: AsyncIterable<StoredRecord>,
  config: Config,
): AsyncGenerator<{ readonly position: Position; readonly lessons: Lesson[] }, void, undefined> {
  const state = new FederationState();
  for await (const record of history) {
    const { seq, hash, at, commands } = record;
    for (const { by, events } of commands) for (const event of events) evolve(state, event, { at, by });
    yield { position: { seq, hash }, lessons: lessonsIn(record, state, config) };
  }
}

/** Nothing is ever routed to a person, so what one did teaches nothing. */
function lessonsIn({ commands }: StoredRecord, state: FederationState, config: Config): Lesson[] {
  const lessons = commands.flatMap(({ by, events }) =>
    events.flatMap((event) => lessonsOf(event, by, (id) => state.tasks.get(id))),
  );
  return lessons.filter(({ agent }) => participantKind(config, agent) !== 'person');
}

/** Whether the state still holds every task and attempt that this record's lessons are about. */
function isKnown({ commands }: StoredRecord, state: FederationState): boolean {
  return commands.every(({ events }) =>
    events.every((event) => {
      if (event.type === 'task_reviewed') return state.tasks.has(event.task_id);
      if (event.type !== 'task_completed' && event.type !== 'attempt_failed') return true;
      const task = state.tasks.get(event.task_id);
      return task !== undefined && (task.claims[0]?.attempt ?? 0) <= Math.max(1, event.attempt);
    }),
  );
}

function learn(loaded: Loaded, { position, lessons }: News): void {
  for (const lesson of lessons) learnOne(loaded, lesson);
  loaded.position = position;
}

function learnOne(loaded: Loaded, lesson: Lesson): void {
  const { config, router } = loaded;
  const share = config.routing.evidence[lesson.evidence];
  if (router.learn({ ...lesson, share })) loaded.unsaved += 1;
}

export function optionsFrom({ agents, routing }: Config) {
  return {
    agents: Object.keys(agents),
    rules: routing.rules,
    ...(routing.default_agent === null ? {} : { defaultAgent: routing.default_agent }),
  };
}

/** What this router says to a question under this configuration. */
export function answer(router: Library.Router, config: Config, question: RoutingQuestion): Routing {
  return routingRecord(router.decide(requestFor(question, config.routing)));
}

function requestFor(question: RoutingQuestion, routing: Config['routing']): Library.RoutingRequest {
  const { text, type, among, agents, bonus, planBonus, firstOfType, force, uniform, priority } = question;
  const isChoice = question.strategy === undefined;
  return {
    text,
    type,
    strategy: isChoice ? strategyFrom(routing) : (question.strategy ?? 'auto'),
    ...(force === undefined ? {} : { force }),
    ...(among === null ? {} : { among }),
    availability: agents,
    bonus,
    planBonus,
    exploration: isChoice && priority === 'low' ? routing.exploration : 0,
    optimism: isChoice && question.mayTry,
    costs: question.costs,
    costMargin: routing.cost_margin,
    uniform,
    comparePicks: true,
    ...(isChoice
      ? {
          doubts: {
            firstOfType,
            belowConfidence: routing.ask_below_confidence,
            aboveNovelty: routing.ask_above_novelty,
            then: mattersMuch(priority) ? 'keep' : 'rules',
          },
        }
      : {}),
  };
}

function strategyFrom({ strategy, shares }: Config['routing']): NonNullable<Library.RoutingRequest['strategy']> {
  if (shares === null) return strategy;
  return routingMethods.map((method): { strategy: RoutingStrategy; share: number } => ({
    strategy: method,
    share: shares[method] ?? 0,
  }));
}

interface Kept {
  readonly position: Position;
  readonly learnedWith: string;
  readonly content: Buffer;
}

/** Null for what is no such file, or is damaged anywhere. */
function readKept(content: Buffer | null): Kept | null {
  if (content === null) return null;
  const [, hash, seq = '', place = '', learnedWith = ''] =
    fileHead.exec(content.toString('latin1', 0, headBytes)) ?? [];
  if (hash === undefined || hash !== hashOf(content.subarray(hash.length))) return null;
  return { position: { seq: Number(seq), hash: place }, learnedWith, content: content.subarray(headBytes) };
}

function learnedWithIn(config: Config): string {
  const { agents, rules } = optionsFrom(config);
  return hashOf(JSON.stringify([agents, [config.operator, ...config.people], rules, config.routing.evidence]));
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
