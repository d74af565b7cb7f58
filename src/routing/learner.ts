/**
 * Everything learned from outcomes: models, calibration, past examples and
 * counts, by agent name. Deterministic: the same rules and the same lessons
 * in the same order give the same state, bit for bit.
 */
import { Calibration } from './calibration.ts';
import { ExampleIndex, hashStems, type Example, type Similarities } from './example-index.ts';
import { FeatureExtractor, type Features, type PlacedFeatures } from './features.ts';
import { Random } from './hash.ts';
import { Intercepts } from './intercepts.ts';
import { isSuccess, LogisticModels, type KnownRule, type Lesson } from './logistic-models.ts';
import { chanceByRecord } from './prospects.ts';
import { leastAlike, Repeatability } from './repeatability.ts';
import { RidgeModels } from './ridge-models.ts';
import { RuleBook, type RoutingRule } from './rules.ts';
import { defaultSettings, type LearnerSettings } from './settings.ts';
import { OutcomeCounter } from './outcome-counts.ts';
import { readPart, readText, type TokenizedText } from './tokens.ts';
import { stopWords } from './stop-words.ts';
import { TextTrust } from './text-trust.ts';

/** Names that may ever be learned about; a cap, so that bad input cannot grow memory without bound. */
export const agentLimit = 512;

/** Nearest past tasks among which one of the same agent is looked for. */
const nearestCompared = 8;

/** One thing to learn. */
export interface RoutingOutcome {
  readonly text: string;
  readonly type?: string | null;
  readonly agent: string;
  /**
   * `label`: right for this agent, wrong for the others. Otherwise only this
   * agent is judged. `sent-back` takes back the agent's success with the same
   * id, where that is still kept.
   */
  readonly lesson: Lesson;
  /** Shown among the nearest past tasks. */
  readonly id?: string;
  /** Part of a full step that the outcome teaches, by how well it is known; default 1. */
  readonly share?: number;
}

/** A text as read once for all strategies. */
export interface Reading {
  readonly tokens: TokenizedText;
  readonly type: string | null;
  /** Indices into the rule book. */
  readonly fired: readonly number[];
  readonly features: PlacedFeatures;
  readonly stems: Uint32Array;
}

export class Learner {
  readonly settings: LearnerSettings;
  readonly models: LogisticModels;
  readonly ridge: RidgeModels;
  readonly calibration: Calibration;
  readonly examples: ExampleIndex;
  readonly counts = new OutcomeCounter();
  readonly intercepts = new Intercepts();
  readonly repeatability = new Repeatability();
  readonly textTrust = new TextTrust();
  readonly random: Random;
  readonly #extractor: FeatureExtractor;
  /** Agent of each column. */
  readonly names: string[] = [];
  readonly #columns = new Map<string, number>();
  #roster: readonly number[] = [];
  #book: RuleBook;
  #ruleRows = new Int32Array(0);

  /** Throws nothing; rules that name no agent of the roster are kept but never chosen. */
  constructor(agents: readonly string[], rules: readonly RoutingRule[], settings: Partial<LearnerSettings> = {}) {
    this.settings = { ...defaultSettings, ...settings };
    this.models = new LogisticModels(this.settings);
    this.ridge = new RidgeModels(this.settings);
    this.calibration = new Calibration(this.settings.track);
    this.examples = new ExampleIndex(this.settings.examples, this.settings.exampleFeatures);
    this.random = new Random(this.settings.seed);
    this.#extractor = new FeatureExtractor(this.settings.bits);
    this.#book = new RuleBook([]);
    this.setRoster(agents);
    this.setRules(rules);
  }

  get book(): RuleBook {
    return this.#book;
  }

  /** Lessons learned; one that takes back another is no further one. */
  get outcomes(): number {
    return this.examples.total;
  }

  /** Columns of the agents that can be chosen. */
  get roster(): readonly number[] {
    return this.#roster;
  }

  /** Who can be chosen. Agents that left keep what was learned about them, for when they return. */
  setRoster(agents: readonly string[]): void {
    const columns = new Set<number>();
    for (const agent of agents) {
      const column = this.ensureColumn(agent);
      if (column >= 0) columns.add(column);
    }
    this.#roster = [...columns].sort((a, b) => a - b);
  }

  setRules(rules: readonly RoutingRule[]): void {
    this.#book = new RuleBook(rules);
    this.#ruleRows = new Int32Array(this.#book.rules.length).fill(-1);
    for (const [index, rule] of this.#book.rules.entries()) {
      const column = this.ensureColumn(rule.agent);
      if (column < 0) continue;
      this.#ruleRows[index] = this.models.ensureRule([column, rule.weight, rule.on ?? 'text', rule.keyword]);
    }
  }

  columnOf(agent: string): number {
    return this.#columns.get(agent) ?? -1;
  }

  /** Column of an agent, made when new; −1 beyond {@link agentLimit} and for an empty name. */
  ensureColumn(agent: string): number {
    const known = this.#columns.get(agent);
    if (known !== undefined) return known;
    if (agent === '' || this.names.length >= agentLimit) return -1;
    const column = this.models.addColumn();
    this.ridge.addColumn();
    this.names.push(agent);
    this.#columns.set(agent, column);
    return column;
  }

  read(text: string, type: string | null): Reading {
    const tokens = readText(text);
    return {
      tokens,
      type,
      fired: this.#book.match(tokens, type),
      features: this.#extractor.extract(tokens, type),
      stems: hashStems(tokens.stems),
    };
  }

  /** Features of a kept example, as they were when it was learned. */
  readAgain(text: string, type: string | null): { features: Features; stems: Uint32Array } {
    const tokens = readText(text);
    return { features: bare(this.#extractor.extract(tokens, type)), stems: hashStems(tokens.stems) };
  }

  /** Logits by column. */
  score(reading: Reading): Float64Array {
    const logits = new Float64Array(this.names.length);
    const rows = this.#rowsOf(reading.fired);
    this.models.score(reading.features, rows, logits);
    this.ridge.addTo(logits, reading.features, this.#rulesAt(rows), this.#ridgePart());
    this.intercepts.addTo(logits, reading.type);
    return logits;
  }

  /**
   * How far the best of the roster stands above the roster's mean, in logits:
   * low for a text unlike any learned. The best logit alone recognises 57% of
   * CLINC150's out-of-scope rows at an in-scope accuracy of 91.5%, this 81%.
   */
  height(logits: Float64Array): number {
    let best = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (const column of this.#roster) {
      const logit = logits[column] ?? 0;
      sum += logit;
      if (logit > best) best = logit;
    }
    if (this.#roster.length === 0) return 0;
    return this.#roster.length === 1 ? best : best - sum / this.#roster.length;
  }

  /** By how much each column's logit stands above the best other of the roster; 0 where there is no other. */
  margins(logits: Float64Array): (column: number) => number {
    let first = -1;
    let best = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    for (const column of this.#roster) {
      const logit = logits[column] ?? 0;
      if (logit > best) [first, second, best] = [column, best, logit];
      else if (logit > second) second = logit;
    }
    return (column) => {
      const other = column === first ? second : best;
      return Number.isFinite(other) ? (logits[column] ?? 0) - other : 0;
    };
  }

  compare(reading: Reading, wanted: number, exact: boolean): Similarities {
    return this.examples.compare(reading.stems, this.names.length, wanted, exact);
  }

  /** Learns one outcome. Gives false, and learns nothing, for an agent beyond the limit or without a name. */
  learn(outcome: RoutingOutcome): boolean {
    const column = this.ensureColumn(outcome.agent);
    if (column < 0) return false;
    const { lesson } = outcome;
    const type = outcome.type ?? null;
    const text = readPart(outcome.text);
    if (lesson === 'sent-back') {
      this.counts.sendBack(outcome.agent, type);
      const refused = this.examples.sendBack(outcome.id ?? '', column);
      if (refused !== undefined) {
        this.models.learn(refused.features, refused.rules, column, lesson, null);
        this.#moveIntercept(type, column, lesson, this.score(this.read(text, type)), outcome.share ?? 1);
        this.calibration.correct(refused.number);
        this.#replay(false);
        return true;
      }
    } else this.counts.add(outcome.agent, type, isSuccess(lesson));
    const reading = this.read(text, type);
    const rules = this.#rowsOf(reading.fired);
    const isLabel = lesson === 'label';
    if (!isLabel) this.#compareWithNearest(reading, column, lesson);
    this.models.count(reading.features, isLabel);
    const logits = this.score(reading);
    const { share = 1 } = outcome;
    this.models.learn(reading.features, rules, column, lesson, null, isLabel ? 1 : share * this.#shareOfWords(type));
    if (!isLabel) {
      const byText = this.calibration.probability(logits[column] ?? 0, this.margins(logits)(column));
      this.textTrust.record(type, isSuccess(lesson), byText, chanceByRecord(this.intercepts.tally(type, column)));
    }
    this.#moveIntercept(type, column, lesson, logits, share);
    this.#track(column, lesson, logits);
    const example: Example = {
      number: this.examples.total,
      id: outcome.id ?? '',
      text,
      type,
      column,
      lesson,
      share,
      features: bare(reading.features),
      rules,
      stems: reading.stems,
    };
    this.examples.add(example);
    this.#replay(isLabel);
    this.#learnRidge(example);
    return true;
  }

  /** What each distinct feature adds to `column` above the `rival` column (−1: none), in logits, in the features' order. */
  contributions(features: Features, column: number, rival: number): Float64Array {
    const result = this.models.contributions(features, column, rival);
    this.ridge.addContributions(result, features, column, rival, this.#ridgePart());
    return result;
  }

  #ridgePart(): number {
    return this.ridge.part(this.models.labels, this.models.documents - this.models.labels);
  }

  #learnRidge(example: Example): void {
    const { labels, documents } = this.models;
    if (this.ridge.isOver(labels, documents - labels)) return this.ridge.clear();
    if (example.lesson !== 'label') return;
    this.ridge.add(example, this.#rulesAt(example.rules));
    // Chance of its own, so that the online models learn the same with it as without.
    const random = new Random(example.number);
    // The fewer rows there are, the more each new one moves: 24 instead of 8 gain 0.2 to 0.4 points up to 200 rows.
    const more = Math.min(3, Math.max(1, 750 / this.ridge.rows.length));
    for (let step = Math.round(more * this.settings.ridgeSteps); step > 0; step -= 1) {
      const place = random.below(this.ridge.rows.length);
      const past = this.examples.get(this.ridge.rows[place]?.number ?? -1);
      if (past === undefined) continue;
      if (this.intercepts.isOutdated(past.type, past.column, past.number)) this.ridge.forget(place, past);
      else this.ridge.solve(place, past, this.#rulesAt(past.rules));
    }
  }

  #rulesAt(rows: Int32Array): KnownRule[] {
    return [...rows].flatMap((row) => {
      const rule = this.models.knownRules[row];
      return rule === undefined ? [] : [rule];
    });
  }

  /** Words share an outcome with the intercept of its type, the less the less they tell. */
  #shareOfWords(type: string | null): number {
    return type === null ? 1 : Math.max(this.settings.typedShare, this.textTrust.of(type));
  }

  #moveIntercept(type: string | null, column: number, lesson: Lesson, logits: Float64Array, share: number): void {
    if (lesson === 'label') return this.intercepts.count(type, column);
    const step = share * this.settings.interceptStep;
    this.intercepts.learn(type, column, isSuccess(lesson), logits[column] ?? 0, step, this.examples.total);
  }

  #compareWithNearest(reading: Reading, column: number, lesson: Lesson): void {
    const { nearest } = this.compare(reading, nearestCompared, false);
    const like = nearest.find(({ example }) => example.column === column && example.lesson !== 'label');
    if (like === undefined || like.cosine < leastAlike) return;
    this.repeatability.record(isSuccess(like.example.lesson) !== isSuccess(lesson));
  }

  #replay(isLabel: boolean): void {
    const { oldest, size } = this.examples;
    const { replays, outcomeReplays } = this.settings;
    // Little is known yet, and there is time: 16 instead of 4 gain 0.2 points up to 1,000 rows.
    const more = Math.min(4, Math.max(1, 4_000 / size));
    const wanted = isLabel ? replays : outcomeReplays * this.repeatability.value;
    for (let replay = Math.round(wanted * more); replay > 0; replay -= 1) {
      // One in four is the newest, seen only once so far: 0.1 points with any number of rows.
      const past = this.examples.get(oldest + (replay % 4 === 0 ? size - 1 : this.random.below(size)));
      if (past === undefined || this.intercepts.isOutdated(past.type, past.column, past.number)) continue;
      this.models.learn(past.features, past.rules, past.column, past.lesson, this.random, past.share);
    }
  }

  /** What was predicted before the step: the honest source of calibration and novelty. */
  #track(column: number, lesson: Lesson, logits: Float64Array): void {
    let best = column;
    if (lesson === 'label') {
      for (const other of this.#roster) if ((logits[other] ?? 0) > (logits[best] ?? 0)) best = other;
    }
    const right = best === column && isSuccess(lesson);
    const { labels, documents } = this.models;
    const margin = this.margins(logits)(best);
    this.calibration.record(logits[best] ?? 0, margin, this.height(logits), right, labels / documents);
  }

  #rowsOf(fired: readonly number[]): Int32Array {
    const rows = new Int32Array(fired.length);
    let count = 0;
    for (const index of fired) {
      const row = this.#ruleRows[index] ?? -1;
      if (row >= 0) rows[count++] = row;
    }
    return rows.slice(0, count);
  }
}

/**
 * The words of the text that speak most for one agent against its rival (a
 * column; −1 for none), in logits, strongest first.
 */
export function telling(
  learner: Learner,
  reading: Reading,
  column: number,
  rival: number,
  wanted: number,
): [string, number][] {
  const shares = learner.contributions(reading.features, column, rival);
  const byWord = new Float64Array(reading.tokens.words.length);
  for (let at = 0; at < shares.length; at += 1) {
    const first = reading.features.first[at] ?? -1;
    const second = reading.features.second[at] ?? -1;
    if (first < 0) continue;
    const half = (shares[at] ?? 0) / 2;
    byWord[first] = (byWord[first] ?? 0) + half;
    byWord[second] = (byWord[second] ?? 0) + half;
  }
  const words = new Map<string, number>();
  for (const [at, word] of reading.tokens.words.entries()) words.set(word, (words.get(word) ?? 0) + (byWord[at] ?? 0));
  return [...words]
    .filter(([word, weight]) => weight > 0 && !stopWords.has(word))
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, wanted);
}

/** Without the places in the text, which only explanations need: 6 bytes a feature instead of 10. */
function bare({ slots, counts, groups }: Features): Features {
  return { slots, counts, groups };
}

export type { Lesson };
