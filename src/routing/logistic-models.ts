/**
 * One logistic model per agent, learned online.
 *
 * `logit_a = b_a + Σ_f v_f·w_fa + Σ_r ρ·u_ra`, v the text's TF-IDF features and
 * r the rules that fired. `v = (1 + ln tf) · idf^p`, `idf = 1 + ln((N + 2)/(df + 1))`,
 * `p = 1 + 4000/(4000 + N)` after N texts, brought to length 1 in each feature
 * group and divided by √(groups present), so that the many characters of a
 * text do not drown its few words. (p: while little is learned, how rare a
 * word is tells most about it; squared, validation accuracy with 500 rows is
 * 1.0 points higher and with 1,000 0.4, but with 15,000 0.15 lower.)
 *
 * Steps are AdaGrad's (Duchi, Hazan, Singer 2011, diagonal): each weight moves
 * by `rate·g/√(Σg² + damping)`. Rare features keep long steps, which is what a
 * federation with a few hundred outcomes needs.
 */
import type { Features } from './features.ts';
import { featureGroups } from './features.ts';
import type { Random } from './hash.ts';
import type { LearnerSettings } from './settings.ts';
import { WeightTable } from './weight-table.ts';

/** Rules that can hold a learned weight; further ones only act in `v1` and `v2`. */
const ruleLimit = 8_192;
/** Texts after which the second power of idf is half gone. */
const rarityFade = 4_000;
/** Length of each group's values; stems at 1.5 gain 0.1 to 0.3 points below 1,000 rows. */
const groupWeights = [1, 1.5, 1, 1, 1, 1.5] as const;

/** What one example teaches. `label`: success of its agent, failure of every other. */
export type Lesson = 'label' | 'success' | 'failure';

export class LogisticModels {
  readonly features: WeightTable;
  readonly rules = new WeightTable(ruleLimit);
  /** Rule key → row of {@link rules}. */
  readonly ruleRows = new Map<string, number>();
  bias = new Float32Array(0);
  biasSquares = new Float32Array(0);
  /** Texts learned, replays not counted. */
  documents = 0;
  /** Logits of the latest {@link learn}, from before its step; overwritten by the next. */
  logits = new Float64Array(0);
  readonly #settings: LearnerSettings;
  #values = new Float32Array(256);
  #rows = new Int32Array(256);
  #gradients = new Float64Array(0);
  readonly #sums = new Float64Array(featureGroups.length);
  readonly #rarities = new Float64Array(1_024);
  #rarityAt = -1;

  constructor(settings: LearnerSettings) {
    this.#settings = settings;
    this.features = new WeightTable(2 ** settings.bits);
  }

  get columns(): number {
    return this.features.columns;
  }

  /** A column for one more agent. Its bias is the mean of the others': a newcomer is neither favoured nor shunned. */
  addColumn(): number {
    const column = this.features.addColumn();
    this.rules.addColumn();
    const bias = new Float32Array(column + 1);
    bias.set(this.bias);
    let sum = 0;
    for (const value of this.bias) sum += value;
    if (column > 0) bias[column] = sum / column;
    const squares = new Float32Array(column + 1);
    squares.set(this.biasSquares);
    this.bias = bias;
    this.biasSquares = squares;
    this.#gradients = new Float64Array(column + 1);
    this.logits = new Float64Array(column + 1);
    return column;
  }

  /** Row of a rule of the agent in `column`, made with its start weight; −1 beyond the limit. */
  ensureRule(column: number, kind: string, keyword: string, weight: number): number {
    // Keyed by column, not by name, so that a renamed agent keeps its rules.
    const key = `${column} ${weight} ${kind} ${keyword}`;
    const known = this.ruleRows.get(key);
    if (known !== undefined) return known;
    if (this.rules.rows >= ruleLimit) return -1;
    const row = this.rules.ensureRow(this.rules.rows);
    this.ruleRows.set(key, row);
    const { ruleStart, ruleValue } = this.#settings;
    this.rules.records[row * this.rules.width + 1 + column] = (weight * ruleStart) / ruleValue;
    return row;
  }

  /** Logits of all agents into `into` (length ≥ columns), one a column. */
  score(features: Features, rules: Int32Array, into: Float64Array): void {
    const count = this.#weigh(features, null, 0);
    this.#sum(count, rules, into);
  }

  /** Counts the text's features, so that later values know how common they are. */
  count(features: Features): void {
    this.documents += 1;
    for (const slot of features.slots) {
      const row = this.features.ensureRow(slot);
      const at = row * this.features.width;
      this.features.records[at] = (this.features.records[at] ?? 0) + 1;
    }
  }

  /**
   * One step on one example. With `random`, each feature is hidden with
   * probability `dropout` (rules are always seen).
   */
  learn(features: Features, rules: Int32Array, column: number, lesson: Lesson, random: Random | null): void {
    const { rate, damping, biasRate, deadZone, ruleValue, dropout } = this.#settings;
    const count = this.#weigh(features, random, dropout);
    const gradients = this.#gradients;
    this.#sum(count, rules, this.logits);
    const from = lesson === 'label' ? 0 : column;
    const to = lesson === 'label' ? this.columns : column + 1;
    for (let agent = from; agent < to; agent += 1) {
      const right = agent === column && lesson !== 'failure' ? 1 : 0;
      const gradient = 1 / (1 + Math.exp(-(this.logits[agent] ?? 0))) - right;
      if (Math.abs(gradient) < deadZone) {
        gradients[agent] = 0;
        continue;
      }
      gradients[agent] = gradient;
      const squares = (this.biasSquares[agent] ?? 0) + gradient * gradient;
      this.biasSquares[agent] = squares;
      this.bias[agent] = (this.bias[agent] ?? 0) - (rate * biasRate * gradient) / Math.sqrt(squares + damping);
    }
    for (let at = 0; at < count; at += 1) {
      const row = this.#rows[at] ?? -1;
      if (row >= 0) step(this.features, row, this.#values[at] ?? 0, gradients, from, to, rate, damping);
    }
    for (const row of rules) step(this.rules, row, ruleValue, gradients, from, to, rate, damping);
  }

  /** What each distinct feature adds to `column` above the mean of the other columns, in logits, in the features' order. */
  contributions(features: Features, column: number): Float64Array {
    const count = this.#weigh(features, null, 0);
    const result = new Float64Array(count);
    const { records, width } = this.features;
    for (let at = 0; at < count; at += 1) {
      const row = this.#rows[at] ?? -1;
      if (row < 0) continue;
      let others = 0;
      for (let agent = 0; agent < this.columns; agent += 1) others += records[row * width + 1 + agent] ?? 0;
      const own = records[row * width + 1 + column] ?? 0;
      const mean = this.columns > 1 ? (others - own) / (this.columns - 1) : 0;
      result[at] = (this.#values[at] ?? 0) * (own - mean);
    }
    return result;
  }

  /** Share of a text's features that were never learned, 0 to 1; 1 for a text without any. */
  unseenShare(features: Features): number {
    let unseen = 0;
    for (const slot of features.slots) if ((this.features.rowOf[slot] ?? -1) < 0) unseen += 1;
    return features.slots.length === 0 ? 1 : unseen / features.slots.length;
  }

  /** Fills rows and normalised values; gives how many features take part. */
  #weigh(features: Features, random: Random | null, dropout: number): number {
    const { slots, counts, groups } = features;
    if (slots.length > this.#values.length) {
      this.#values = new Float32Array(slots.length * 2);
      this.#rows = new Int32Array(slots.length * 2);
    }
    const sums = this.#sums.fill(0);
    const { width } = this.features;
    for (let at = 0; at < slots.length; at += 1) {
      if (random !== null && random.next() < dropout) {
        this.#values[at] = 0;
        this.#rows[at] = -1;
        continue;
      }
      const row = this.features.rowOf[slots[at] ?? 0] ?? -1;
      const seen = row < 0 ? 0 : (this.features.records[row * width] ?? 0);
      const often = counts[at] ?? 1;
      const value = (often === 1 ? 1 : 1 + Math.log(often)) * this.#rarity(seen);
      this.#rows[at] = row;
      this.#values[at] = value;
      const group = groups[at] ?? 0;
      sums[group] = (sums[group] ?? 0) + value * value;
    }
    let present = 0;
    for (const sum of sums) if (sum > 0) present += 1;
    for (let group = 0; group < sums.length; group += 1) {
      const sum = sums[group] ?? 0;
      sums[group] = sum > 0 ? (groupWeights[group] ?? 1) / Math.sqrt(sum * present) : 0;
    }
    for (let at = 0; at < slots.length; at += 1) {
      this.#values[at] = (this.#values[at] ?? 0) * (sums[groups[at] ?? 0] ?? 0);
    }
    return slots.length;
  }

  /** idf^p of a feature seen in `seen` texts; remembered for common values until the next text is counted. */
  #rarity(seen: number): number {
    if (this.#rarityAt !== this.documents) {
      this.#rarities.fill(0);
      this.#rarityAt = this.documents;
    }
    const known = this.#rarities[seen] ?? 0;
    if (known > 0) return known;
    const idf = 1 + Math.log((this.documents + 2) / (seen + 1));
    const value = idf ** (1 + rarityFade / (rarityFade + this.documents));
    if (seen < this.#rarities.length) this.#rarities[seen] = value;
    return value;
  }

  #sum(count: number, rules: Int32Array, into: Float64Array): void {
    const columns = this.columns;
    for (let agent = 0; agent < columns; agent += 1) into[agent] = this.bias[agent] ?? 0;
    for (let at = 0; at < count; at += 1) {
      const row = this.#rows[at] ?? -1;
      if (row >= 0) addRow(this.features, row, this.#values[at] ?? 0, columns, into);
    }
    for (const row of rules) addRow(this.rules, row, this.#settings.ruleValue, columns, into);
  }
}

function addRow(table: WeightTable, row: number, value: number, columns: number, into: Float64Array): void {
  const { records } = table;
  const base = row * table.width + 1;
  for (let agent = 0; agent < columns; agent += 1) {
    into[agent] = (into[agent] ?? 0) + value * (records[base + agent] ?? 0);
  }
}

function step(
  table: WeightTable,
  row: number,
  value: number,
  gradients: Float64Array,
  from: number,
  to: number,
  rate: number,
  damping: number,
): void {
  const { records, stride } = table;
  const base = row * table.width + 1;
  for (let agent = from; agent < to; agent += 1) {
    const gradient = (gradients[agent] ?? 0) * value;
    if (gradient === 0) continue;
    const weight = base + agent;
    const sum = (records[weight + stride] ?? 0) + gradient * gradient;
    records[weight + stride] = sum;
    records[weight] = (records[weight] ?? 0) - (rate * gradient) / Math.sqrt(sum + damping);
  }
}
