/**
 * One logistic model per agent, learned online.
 *
 * `logit_a = b_a + Σ_f v_f·w_fa + Σ_r (ρ·u_ra + [r names a]·s_r)`, v the text's
 * TF-IDF features and r the rules that fired. `v = (1 + ln tf) · idf^p`,
 * `idf = 1 + ln((N + 2)/(df + 1))`, `p = 1 + (1 + 2L/(800 + L))·4000/(4000 + N)`
 * after N texts of which L are labelled rows, brought to a length set for each
 * feature group and divided by √(groups present), so that the many characters
 * of a text do not drown its few words. (p: how rare a word is tells most about
 * it while little is learned, but with the first hundred rows, and where
 * outcomes are chance, rare words carry the chance. 3.5 from the start: 1 point
 * lower with 200 rows; 2 always: 0.4 lower with 1,000.)
 *
 * `s_r` is what people say in advance, `start·weight`; it fades as outcomes come,
 * faster with outcomes, which judge the rule itself, than with labelled rows;
 * `u` is what they teach.
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
/** Texts after which half of what idf's power is above 1 is gone. */
const rarityFade = 4_000;
/** Labelled rows after which half of what they add to that is there. */
const rarityGrowth = 800;
/** Labelled rows after which the bias learns half as fast as in the end: how frequent an agent is takes many. */
const biasGrowth = 200;
/**
 * Length of each group's values; characters at 2 to 2.5 instead of 1.5 gain 0.5 to 1.5 points with 60 to 200 rows, pairs
 * at 2 instead of 1.5 gain 0.4 with 500.
 */
const groupWeights = [1, 1, 1, 2, 2, 1.5] as const;
/** The characters' place among the groups. */
const charactersGroup = 4;
/**
 * Characters join words that are spelled alike, which tells much while few words are known, and blurs later: their length
 * falls towards {@link charactersKnown}, half of it after so many labelled rows. With all 15,000 rows 97.6 instead of
 * 97.2, with 1,000 0.1 points, with 60 to 200 level.
 */
const charactersKnown = 1;
const charactersFade = 300;

/**
 * What one example teaches. `label`: success of its agent, failure of every
 * other. The others teach only its agent; `sent-back`, a success that a review
 * refused later, teaches what `failure` does.
 */
export const lessons = ['label', 'success', 'failure', 'sent-back'] as const;
export type Lesson = (typeof lessons)[number];

/** Whether the example's agent did well. */
export function isSuccess(lesson: Lesson): boolean {
  return lesson === 'label' || lesson === 'success';
}

/** A rule that a weight is learned for. */
export type KnownRule = readonly [column: number, weight: number, kind: 'text' | 'type', keyword: string];

export class LogisticModels {
  readonly features: WeightTable;
  readonly rules = new WeightTable(ruleLimit);
  /** Rules by their row in {@link rules}. */
  readonly knownRules: KnownRule[] = [];
  readonly #ruleRows = new Map<string, number>();
  bias = new Float32Array(0);
  biasSquares = new Float32Array(0);
  /** Texts learned, replays not counted. */
  documents = 0;
  /** Of these, labelled rows. */
  labels = 0;
  /** Logits of the latest {@link learn}, from before its step; overwritten by the next. */
  logits = new Float64Array(0);
  readonly #settings: LearnerSettings;
  #values = new Float32Array(256);
  #rows = new Int32Array(256);
  #gradients = new Float64Array(0);
  readonly #sums = new Float64Array(featureGroups.length);
  /** The features whose values stand in the scratch arrays, when nothing changed since. */
  #weighed: Features | null = null;
  readonly #rarities = new Float64Array(16_384);
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

  /** Row of a rule, made when it is new; −1 beyond the limit. */
  ensureRule(rule: KnownRule): number {
    const key = rule.join(' ');
    const known = this.#ruleRows.get(key);
    if (known !== undefined) return known;
    if (this.rules.rows >= ruleLimit) return -1;
    const row = this.rules.ensureRow(this.rules.rows);
    this.#ruleRows.set(key, row);
    this.knownRules.push(rule);
    return row;
  }

  /** Logits of all agents into `into` (length ≥ columns), one a column. */
  score(features: Features, rules: Int32Array, into: Float64Array): void {
    const count = this.#weigh(features, null, 0);
    this.#sum(count, rules, into);
  }

  /** Counts the text's features, so that later values know how common they are. */
  count(features: Features, isLabel: boolean): void {
    this.documents += 1;
    if (isLabel) this.labels += 1;
    this.#weighed = null;
    for (const slot of features.slots) {
      const row = this.features.ensureRow(slot);
      const at = row * this.features.width;
      this.features.records[at] = (this.features.records[at] ?? 0) + 1;
    }
  }

  /**
   * One step on one example, `share` of it. With `random`, each feature is
   * hidden with probability `dropout` (rules are always seen).
   */
  learn(features: Features, rules: Int32Array, column: number, lesson: Lesson, random: Random | null, share = 1): void {
    const { biasRate, outcomeBiasRate, deadZone, ruleValue, dropout, outcomeRate, outcomeDamping } = this.#settings;
    const isLabel = lesson === 'label';
    const rate = isLabel ? this.#settings.rate : outcomeRate;
    const damping = isLabel ? this.#settings.damping : outcomeDamping;
    const slower = isLabel ? (biasRate * this.labels) / (biasGrowth + this.labels) : outcomeBiasRate;
    const count = this.#weigh(features, random, dropout);
    const gradients = this.#gradients;
    this.#sum(count, rules, this.logits);
    const from = isLabel ? 0 : column;
    const to = isLabel ? this.columns : column + 1;
    for (let agent = from; agent < to; agent += 1) {
      const right = agent === column && isSuccess(lesson) ? 1 : 0;
      const gradient = share * (1 / (1 + Math.exp(-(this.logits[agent] ?? 0))) - right);
      if (Math.abs(gradient) < deadZone) {
        gradients[agent] = 0;
        continue;
      }
      gradients[agent] = gradient;
      const squares = (this.biasSquares[agent] ?? 0) + gradient * gradient;
      this.biasSquares[agent] = squares;
      this.bias[agent] = (this.bias[agent] ?? 0) - (rate * slower * gradient) / Math.sqrt(squares + damping);
    }
    for (let at = 0; at < count; at += 1) {
      const row = this.#rows[at] ?? -1;
      if (row >= 0) step(this.features, row, this.#values[at] ?? 0, gradients, from, to, rate, damping);
    }
    for (const row of rules) step(this.rules, row, ruleValue, gradients, from, to, rate, damping * ruleValue ** 2);
  }

  /** What each distinct feature adds to `column` above the `rival` column, in logits, in the features' order. */
  contributions(features: Features, column: number, rival: number): Float64Array {
    const count = this.#weigh(features, null, 0);
    const result = new Float64Array(count);
    const { records, width } = this.features;
    for (let at = 0; at < count; at += 1) {
      const row = this.#rows[at] ?? -1;
      if (row < 0) continue;
      const base = row * width + 1;
      const against = rival < 0 ? 0 : (records[base + rival] ?? 0);
      result[at] = (this.#values[at] ?? 0) * ((records[base + column] ?? 0) - against);
    }
    return result;
  }

  /**
   * Fills rows and normalised values; gives how many features take part. The
   * fields are read into constants first: in this loop, run five times an
   * update, that halves the time.
   */
  #weigh(features: Features, random: Random | null, dropout: number): number {
    const { slots, counts, groups } = features;
    const length = slots.length;
    if (this.#weighed === features && random === null) return length;
    this.#weighed = random === null ? features : null;
    if (length > this.#values.length) {
      this.#values = new Float32Array(length * 2);
      this.#rows = new Int32Array(length * 2);
    }
    const values = this.#values;
    const rows = this.#rows;
    const sums = this.#sums.fill(0);
    const { width, records, rowOf } = this.features;
    const rarities = this.#rarities;
    this.#forgetRarities();
    for (let at = 0; at < length; at += 1) {
      if (random !== null && random.next() < dropout) {
        values[at] = 0;
        rows[at] = -1;
        continue;
      }
      const row = rowOf[slots[at] ?? 0] ?? -1;
      // `| 0`: indexing with a number that came from floats takes ten times as long.
      const seen = row < 0 ? 0 : (records[row * width] ?? 0) | 0;
      const often = counts[at] ?? 1;
      const known = rarities[seen] ?? 0;
      const rarity = known > 0 ? known : this.#rarity(seen);
      const value = often === 1 ? rarity : (1 + Math.log(often)) * rarity;
      rows[at] = row;
      values[at] = value;
      const group = groups[at] ?? 0;
      sums[group] = (sums[group] ?? 0) + value * value;
    }
    let present = 0;
    for (const sum of sums) if (sum > 0) present += 1;
    for (let group = 0; group < sums.length; group += 1) {
      const sum = sums[group] ?? 0;
      sums[group] = sum > 0 ? this.#lengthOf(group) / Math.sqrt(sum * present) : 0;
    }
    for (let at = 0; at < length; at += 1) values[at] = (values[at] ?? 0) * (sums[groups[at] ?? 0] ?? 0);
    return length;
  }

  /** Length of a group's values. */
  #lengthOf(group: number): number {
    const length = groupWeights[group] ?? 1;
    if (group !== charactersGroup) return length;
    return charactersKnown + ((length - charactersKnown) * charactersFade) / (charactersFade + this.labels);
  }

  /**
   * Rarities are counted in texts rounded down to eight binary digits, so that
   * remembered values hold for some updates; a power takes 0.1 µs.
   */
  #forgetRarities(): void {
    const step = 2 ** Math.max(0, Math.floor(Math.log2(this.documents + 1)) - 7);
    const rounded = Math.floor(this.documents / step) * step;
    if (this.#rarityAt === rounded) return;
    this.#rarities.fill(0);
    this.#rarityAt = rounded;
  }

  /** idf^p of a feature seen in `seen` texts. */
  #rarity(seen: number): number {
    const texts = this.#rarityAt;
    const idf = 1 + Math.max(0, Math.log((texts + 2) / (seen + 1)));
    const boost = 1 + (2 * this.labels) / (rarityGrowth + this.labels);
    const value = idf ** (1 + (boost * rarityFade) / (rarityFade + texts));
    if (seen < this.#rarities.length) this.#rarities[seen] = value;
    return value;
  }

  #sum(count: number, rules: Int32Array, into: Float64Array): void {
    const columns = this.columns;
    const rows = this.#rows;
    const values = this.#values;
    const { ruleValue, ruleStart, ruleFade, ruleFadeOutcomes } = this.#settings;
    const { bias } = this;
    const { records, width } = this.features;
    // Four columns at a time in local sums (rows are padded to fours): three
    // times as fast as adding row after row into the array.
    for (let agent = 0; agent < columns; agent += 4) {
      let sum0 = bias[agent] ?? 0;
      let sum1 = bias[agent + 1] ?? 0;
      let sum2 = bias[agent + 2] ?? 0;
      let sum3 = bias[agent + 3] ?? 0;
      for (let at = 0; at < count; at += 1) {
        const row = rows[at] ?? -1;
        if (row < 0) continue;
        const value = values[at] ?? 0;
        const base = row * width + 1 + agent;
        sum0 += value * (records[base] ?? 0);
        sum1 += value * (records[base + 1] ?? 0);
        sum2 += value * (records[base + 2] ?? 0);
        sum3 += value * (records[base + 3] ?? 0);
      }
      // Beyond its length a typed array ignores writes.
      into[agent] = sum0;
      into[agent + 1] = sum1;
      into[agent + 2] = sum2;
      into[agent + 3] = sum3;
    }
    const { labels, documents } = this;
    const start = ruleStart / (1 + labels / (ruleFade * columns) + (documents - labels) / (ruleFadeOutcomes * columns));
    for (const row of rules) {
      const [column, weight] = this.knownRules[row] ?? [0, 0];
      into[column] = (into[column] ?? 0) + start * weight;
      const base = row * this.rules.width + 1;
      for (let agent = 0; agent < columns; agent += 1) {
        into[agent] = (into[agent] ?? 0) + ruleValue * (this.rules.records[base + agent] ?? 0);
      }
    }
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
