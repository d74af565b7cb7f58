/**
 * Successes and failures per agent and task type, and the bonus drawn from them.
 */

export interface Tally {
  readonly successes: number;
  readonly failures: number;
}

/** The plan's bonus of `v2`: `(success rate − 0.80) × 0.10`; 0 without outcomes. Between −0.08 and +0.02. */
export function planBonus(tally: Tally): number {
  const count = tally.successes + tally.failures;
  return count === 0 ? 0 : (tally.successes / count - 0.8) * 0.1;
}

/** An agent–type pair needs more outcomes than this before it is boosted or penalised. */
export const leastOutcomes = 5;

/**
 * Bonus of `v1` and `learned`, from Beta(1 + s, 1 + f): +0.05 when the 10%
 * quantile is at least 0.80, −0.05 when the 90% quantile is at most 0.50, else
 * 0. Six successes of six give 0.72 and no bonus: that is still luck.
 */
export function evidenceBonus(tally: Tally): number {
  const { successes, failures } = tally;
  if (successes + failures <= leastOutcomes) return 0;
  if (betaQuantile(0.1, 1 + successes, 1 + failures) >= 0.8) return 0.05;
  if (betaQuantile(0.9, 1 + successes, 1 + failures) <= 0.5) return -0.05;
  return 0;
}

/** x with P(Beta(a, b) ≤ x) = p, by bisection to 1e-9. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (betaCumulative(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Regularised incomplete beta function I_x(a, b), by its continued fraction
 * (Lentz's method; Abramowitz & Stegun 26.5.8).
 */
export function betaCumulative(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only below the mean; above it, mirror.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCumulative(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let fraction = 1;
  let c = 1;
  let d = 0;
  for (let index = 0; index <= 300; index += 1) {
    const m = Math.floor(index / 2);
    const term =
      index === 0
        ? 1
        : index % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + term * d);
    c = nonZero(1 + term / c);
    fraction *= c * d;
    if (index > 0 && Math.abs(1 - c * d) < 1e-12) break;
  }
  return front * (fraction - 1);
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms; 15 digits). */
function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  let sum = 0.99999999999980993;
  for (const [index, coefficient] of coefficients.entries()) sum += coefficient / (shifted + index + 1);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Counts by agent and type; the agent's own total stands under the type `null`. */
export class Tallies {
  readonly #counts = new Map<string, Map<string | null, { successes: number; failures: number }>>();

  add(agent: string, type: string | null, success: boolean): void {
    this.#count(agent, null, success);
    if (type !== null) this.#count(agent, type, success);
  }

  /** A success turned out to be none: it counts as a failure from now on. Without a success nothing changes. */
  sendBack(agent: string, type: string | null): void {
    for (const key of type === null ? [null] : [null, type]) {
      const tally = this.#counts.get(agent)?.get(key);
      if (tally === undefined || tally.successes === 0) continue;
      tally.successes -= 1;
      tally.failures += 1;
    }
  }

  /** Outcomes of the agent with the type; of all its types where `type` is null. */
  get(agent: string, type: string | null): Tally {
    return this.#counts.get(agent)?.get(type) ?? { successes: 0, failures: 0 };
  }

  rename(from: string, to: string): void {
    const counts = this.#counts.get(from);
    if (counts === undefined) return;
    this.#counts.delete(from);
    this.#counts.set(to, counts);
  }

  /** [agent, type, successes, failures] of every pair, for saving. */
  toRows(): [string, string | null, number, number][] {
    const rows: [string, string | null, number, number][] = [];
    for (const [agent, types] of this.#counts) {
      for (const [type, { successes, failures }] of types) rows.push([agent, type, successes, failures]);
    }
    return rows;
  }

  load(rows: readonly (readonly [string, string | null, number, number])[]): void {
    for (const [agent, type, successes, failures] of rows) {
      const types = this.#counts.get(agent) ?? new Map<string | null, { successes: number; failures: number }>();
      types.set(type, { successes, failures });
      this.#counts.set(agent, types);
    }
  }

  #count(agent: string, type: string | null, success: boolean): void {
    let types = this.#counts.get(agent);
    if (types === undefined) {
      types = new Map();
      this.#counts.set(agent, types);
    }
    let tally = types.get(type);
    if (tally === undefined) {
      tally = { successes: 0, failures: 0 };
      types.set(type, tally);
    }
    if (success) tally.successes += 1;
    else tally.failures += 1;
  }
}
