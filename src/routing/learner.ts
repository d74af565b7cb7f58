/**
 * Everything learned from outcomes: models, calibration, past examples and
 * tallies, by agent name. Deterministic: the same rules and the same lessons
 * in the same order give the same state, bit for bit.
 */
import { Calibration } from './calibration.ts';
import { ExampleIndex, hashStems, type Similarities } from './example-index.ts';
import { FeatureExtractor, type Features, type PlacedFeatures } from './features.ts';
import { Random } from './hash.ts';
import { isSuccess, LogisticModels, type Lesson } from './logistic-models.ts';
import { RuleBook, type RoutingRule } from './rules.ts';
import { defaultSettings, type LearnerSettings } from './settings.ts';
import { Tallies } from './tally.ts';
import { readText, textWindow, type TokenizedText } from './tokens.ts';
import { stopWords } from './stop-words.ts';

/** Names that may ever be learned about; a cap, so that bad input cannot grow memory without bound. */
export const agentLimit = 512;

/** One thing to learn. */
export interface RoutingOutcome {
  readonly text: string;
  readonly type?: string | null;
  readonly agent: string;
  /**
   * `label`: right for this agent, wrong for the others. Otherwise only this
   * agent is judged. `sent-back` takes back the agent's success with the same
   * id, where that is still kept; `accepted` adds what a reported success
   * with the same id had not taught.
   */
  readonly lesson: Lesson | 'accepted';
  /** Shown among the nearest past tasks. */
  readonly id?: string;
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
  readonly calibration: Calibration;
  readonly examples: ExampleIndex;
  readonly tallies = new Tallies();
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
    this.models.score(reading.features, this.#rowsOf(reading.fired), logits);
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

  compare(reading: Reading, wanted: number, exact: boolean): Similarities {
    return this.examples.compare(reading.stems, this.names.length, wanted, exact);
  }

  /** Learns one outcome. Gives false, and learns nothing, for an agent beyond the limit or without a name. */
  learn(outcome: RoutingOutcome): boolean {
    const column = this.ensureColumn(outcome.agent);
    if (column < 0) return false;
    const { lesson } = outcome;
    const type = outcome.type ?? null;
    const text = outcome.text.slice(0, textWindow);
    if (lesson === 'accepted') {
      const reported = this.examples.accept(outcome.id ?? '', column);
      if (reported === undefined) return false;
      this.models.learn(reported.features, reported.rules, column, 'reported', null);
      return true;
    }
    if (lesson === 'sent-back') {
      this.tallies.sendBack(outcome.agent, type);
      const refused = this.examples.sendBack(outcome.id ?? '', column);
      if (refused !== undefined) {
        this.models.learn(refused.features, refused.rules, column, lesson, null);
        this.calibration.correct(refused.number);
        this.#replay();
        return true;
      }
    } else this.tallies.add(outcome.agent, type, isSuccess(lesson));
    const reading = this.read(text, type);
    const rules = this.#rowsOf(reading.fired);
    this.models.count(reading.features);
    this.models.learn(reading.features, rules, column, lesson, null);
    this.#track(column, lesson);
    this.examples.add({
      number: this.examples.total,
      id: outcome.id ?? '',
      text,
      type,
      column,
      lesson,
      features: bare(reading.features),
      rules,
      stems: reading.stems,
    });
    this.#replay();
    return true;
  }

  #replay(): void {
    const { oldest, size } = this.examples;
    // Little is known yet, and there is time: 16 instead of 4 gain 0.2 points up to 1,000 rows.
    const more = Math.min(4, Math.max(1, 4_000 / size));
    for (let replay = Math.round(this.settings.replays * more); replay > 0; replay -= 1) {
      // One in four is the newest, seen only once so far: 0.1 points with any number of rows.
      const past = this.examples.get(oldest + (replay % 4 === 0 ? size - 1 : this.random.below(size)));
      if (past !== undefined) this.models.learn(past.features, past.rules, past.column, past.lesson, this.random);
    }
  }

  /** What was predicted before the step: the honest source of calibration and novelty. */
  #track(column: number, lesson: Lesson): void {
    const { logits } = this.models;
    let best = column;
    if (lesson === 'label') {
      for (const other of this.#roster) if ((logits[other] ?? 0) > (logits[best] ?? 0)) best = other;
    }
    const right = best === column && isSuccess(lesson);
    this.calibration.record(logits[best] ?? 0, this.height(logits), right);
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
  const shares = learner.models.contributions(reading.features, column, rival);
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
