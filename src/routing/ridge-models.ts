/**
 * The second opinion while few rows are labelled: ridge regression, one agent
 * against the rest, solved anew with every row.
 *
 * row     a labelled row, by the number of its kept example
 * dual    what a row adds to an agent's weights: `w_a = Σ_i α_ia·x_i`
 * score   what the regression says of an agent, between −1 and 1 for most texts
 *
 * The regression errs elsewhere than the online models, and what both say
 * together is right more often: 0.5 to 1 point with 100 to 500 rows. It is
 * fitted to what the keyword rules leave open, `y − 2·trust·v1` (y: 1 for the row's agent, −1 for the others), so that it
 * does not contradict them for want of rows. With a thousand rows the online
 * models need no help (150 agents lose 0.1 to 0.6 by it): it fades, with rows and
 * with outcomes, and is dropped.
 *
 * A step solves one row exactly while all others stand still (Shalev-Shwartz
 * and Zhang 2013, squared loss): `α += (y − w·x − λα)/(x·x + λ)`. Values are
 * `(1 + ln tf)·(1 + ln((n + 1)/(df + 1)))`, each group brought to its length;
 * features that no labelled row had do not count towards that length, unlike in
 * the online models.
 */
import type { Example } from './example-index.ts';
import type { Features } from './features.ts';
import type { KnownRule } from './logistic-models.ts';
import type { LearnerSettings } from './settings.ts';
import { WeightTable } from './weight-table.ts';

/** Labelled rows up to which it has its full part; at twice as many, or at so many outcomes, it has none. */
const fullUpTo = 500;
/** λ. 0.25 to 0.5 measured alike, 1 is 0.3 to 0.5 lower. */
const ridge = 0.3;
/** How far rules are believed. 0: 1 to 2 points lower with rules and 60 rows; 0.4 to 0.8 alike. */
const trust = 0.6;
/** Part of its say that it keeps where a rule fires. 1: 0.3 lower with rules and 500 rows. */
const besideRules = 0.5;
/** Squared length of each group's values. Unordered pairs of stems add nothing here. */
const squares = [0.4, 0.4, 0.4, 0, 0.8, 0.4] as const;
const pairs = 3;
const logarithms = Float64Array.from({ length: 2 * fullUpTo + 2 }, (_, at) => Math.log(at));

export class RidgeModels {
  /** Weights by feature; documents are labelled rows. */
  table: WeightTable;
  bias = new Float32Array(0);
  /** Rows in the order they came: the example's number and its duals by column. */
  rows: { readonly number: number; duals: Float32Array }[] = [];
  readonly #slots: number;
  readonly #full: number;
  #values = new Float64Array(256);
  #places = new Int32Array(256);
  /** Where each stands among the text's features. */
  #origins = new Int32Array(256);
  #scores = new Float64Array(0);
  #moves = new Float64Array(0);

  constructor({ bits, ridgePart }: LearnerSettings) {
    this.#slots = 2 ** bits;
    this.#full = ridgePart;
    this.table = new WeightTable(this.#slots);
  }

  addColumn(): void {
    const columns = this.table.addColumn() + 1;
    this.bias = grown(this.bias, columns);
    this.#scores = new Float64Array(columns);
    this.#moves = new Float64Array(columns);
    for (const row of this.rows) row.duals = grown(row.duals, columns);
  }

  /** Logits of a score of 1, after so many labelled rows and outcomes. */
  part(labels: number, outcomes: number): number {
    if (this.rows.length === 0 || this.isOver(labels, outcomes)) return 0;
    return this.#full * Math.min(1, 2 - labels / fullUpTo) * (1 - outcomes / fullUpTo);
  }

  isOver(labels: number, outcomes: number): boolean {
    return this.#full === 0 || labels >= 2 * fullUpTo || outcomes >= fullUpTo;
  }

  /** Adds `part` of what it says of every agent. */
  addTo(logits: Float64Array, features: Features, rules: readonly KnownRule[], part: number): void {
    if (part === 0) return;
    this.#score(features, rules);
    const own = rules.length > 0 ? besideRules * part : part;
    for (let agent = 0; agent < this.bias.length; agent += 1) {
      logits[agent] = (logits[agent] ?? 0) + own * (this.#scores[agent] ?? 0);
    }
  }

  /** A new labelled row, solved at once. */
  add(example: Example, rules: readonly KnownRule[]): void {
    for (let at = 0; at < example.features.slots.length; at += 1) {
      if (example.features.groups[at] === pairs) continue;
      const base = this.table.ensureRow(example.features.slots[at] ?? 0) * this.table.width;
      this.table.records[base] = (this.table.records[base] ?? 0) + 1;
    }
    this.rows.push({ number: example.number, duals: new Float32Array(this.bias.length) });
    this.solve(this.rows.length - 1, example, rules);
  }

  /** Solves the row at a place once more. */
  solve(place: number, { features, column }: Example, rules: readonly KnownRule[]): void {
    const duals = this.rows[place]?.duals;
    if (duals === undefined) return;
    const count = this.#score(features, rules);
    let curve = 1 + ridge;
    for (let at = 0; at < count; at += 1) curve += (this.#values[at] ?? 0) ** 2;
    for (let agent = 0; agent < duals.length; agent += 1) {
      const wanted = agent === column ? 1 : -1;
      this.#moves[agent] = (wanted - (this.#scores[agent] ?? 0) - ridge * (duals[agent] ?? 0)) / curve;
    }
    this.#move(duals, count);
  }

  /** Takes the row at a place back: what it says is not so any more. */
  forget(place: number, { features }: Example): void {
    const duals = this.rows[place]?.duals;
    if (duals === undefined) return;
    const count = this.#weigh(features);
    for (let agent = 0; agent < duals.length; agent += 1) this.#moves[agent] = -(duals[agent] ?? 0);
    this.#move(duals, count);
  }

  /** Everything it holds is dropped, when it has no part any more. */
  clear(): void {
    if (this.rows.length === 0) return;
    const { columns } = this.table;
    this.rows = [];
    this.table = new WeightTable(this.#slots);
    for (let column = 0; column < columns; column += 1) this.table.addColumn();
    this.bias.fill(0);
  }

  /** What each distinct feature adds to `column` above the `rival` column, by so large a part, onto `result`. */
  addContributions(result: Float64Array, features: Features, column: number, rival: number, part: number): void {
    if (part === 0) return;
    const count = this.#weigh(features);
    const { records, width } = this.table;
    for (let at = 0; at < count; at += 1) {
      const origin = this.#origins[at] ?? 0;
      const base = (this.#places[at] ?? 0) * width + 1;
      const against = rival < 0 ? 0 : (records[base + rival] ?? 0);
      const share = part * (this.#values[at] ?? 0) * ((records[base + column] ?? 0) - against);
      result[origin] = (result[origin] ?? 0) + share;
    }
  }

  #move(duals: Float32Array, count: number): void {
    const moves = this.#moves;
    for (let agent = 0; agent < duals.length; agent += 1) {
      const move = moves[agent] ?? 0;
      duals[agent] = (duals[agent] ?? 0) + move;
      this.bias[agent] = (this.bias[agent] ?? 0) + move;
    }
    const { records, width } = this.table;
    for (let at = 0; at < count; at += 1) {
      const value = this.#values[at] ?? 0;
      const base = (this.#places[at] ?? 0) * width + 1;
      for (let agent = 0; agent < duals.length; agent += 1) {
        records[base + agent] = (records[base + agent] ?? 0) + value * (moves[agent] ?? 0);
      }
    }
  }

  /** Fills the scores of all agents, with what rules say in advance; gives how many features take part. */
  #score(features: Features, rules: readonly KnownRule[]): number {
    const count = this.#weigh(features);
    const scores = this.#scores;
    const values = this.#values;
    const places = this.#places;
    const { bias } = this;
    const { records, width } = this.table;
    // Four columns at a time in local sums, as in `logistic-models.ts`. Beyond its length an array ignores writes.
    for (let agent = 0; agent < bias.length; agent += 4) {
      let sum0 = bias[agent] ?? 0;
      let sum1 = bias[agent + 1] ?? 0;
      let sum2 = bias[agent + 2] ?? 0;
      let sum3 = bias[agent + 3] ?? 0;
      for (let at = 0; at < count; at += 1) {
        const value = values[at] ?? 0;
        const base = (places[at] ?? 0) * width + 1 + agent;
        sum0 += value * (records[base] ?? 0);
        sum1 += value * (records[base + 1] ?? 0);
        sum2 += value * (records[base + 2] ?? 0);
        sum3 += value * (records[base + 3] ?? 0);
      }
      scores[agent] = sum0;
      scores[agent + 1] = sum1;
      scores[agent + 2] = sum2;
      scores[agent + 3] = sum3;
    }
    const left = new Map<number, number>();
    for (const [column, weight] of rules) left.set(column, (left.get(column) ?? 1) * (1 - weight));
    for (const [column, product] of left) scores[column] = (scores[column] ?? 0) + 2 * trust * (1 - product);
    return count;
  }

  /** Fills the values and table rows of the features that labelled rows had; gives how many. */
  #weigh({ slots, counts, groups }: Features): number {
    const { length } = slots;
    if (length > this.#values.length) {
      this.#values = new Float64Array(length * 2);
      this.#places = new Int32Array(length * 2);
      this.#origins = new Int32Array(length * 2);
    }
    const values = this.#values;
    const places = this.#places;
    const origins = this.#origins;
    const sums = [0, 0, 0, 0, 0, 0];
    const { width, records, rowOf } = this.table;
    const texts = logarithms[this.rows.length + 1] ?? 0;
    let count = 0;
    for (let at = 0; at < length; at += 1) {
      const group = groups[at] ?? 0;
      if (group === pairs) continue;
      const place = rowOf[slots[at] ?? 0] ?? -1;
      if (place < 0) continue;
      // `| 0`: indexing with a number that came from floats takes ten times as long.
      const seen = (records[place * width] ?? 0) | 0;
      const often = counts[at] ?? 1;
      const value = (1 + texts - (logarithms[seen + 1] ?? 0)) * (often === 1 ? 1 : 1 + Math.log(often));
      sums[group] = (sums[group] ?? 0) + value * value;
      values[count] = value;
      places[count] = place;
      origins[count] = at;
      count += 1;
    }
    for (const [group, sum] of sums.entries()) sums[group] = sum > 0 ? Math.sqrt((squares[group] ?? 0) / sum) : 0;
    for (let at = 0; at < count; at += 1) {
      values[at] = (values[at] ?? 0) * (sums[groups[origins[at] ?? 0] ?? 0] ?? 0);
    }
    return count;
  }
}

function grown(array: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(length);
  longer.set(array);
  return longer;
}
