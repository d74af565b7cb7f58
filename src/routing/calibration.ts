/**
 * What the learned router said before it learned: (logit, margin, height,
 * right) of its latest predictions. From it come the slopes and the shift that
 * make a stated probability mean what it says, and the scale of novelty.
 *
 * `P(success) = σ(slope·logit + lead·margin + offset)` (Platt 1999, with the
 * margin: by how much the agent stands above the best other, negative for all
 * but the first). Where one agent only can be right, the margin says more than
 * the logit; where several do well, `lead` stays near 0. The shift is needed
 * because the best of many one-against-rest logits is right more often than
 * its own σ says: with T alone, the calibration error on validation rows is
 * 2.8% for 10 agents and 8.4% for 150; with both, 0.8% and 1.7%.
 */

/** Below this many predictions nothing is fitted and nothing is known of novelty. */
export const leastTracked = 10;
/** Fitted again after an eighth more predictions, at most this many. */
const refitEvery = 64;
/** Newest predictions in use at least. */
const leastInUse = 40;
/** Strength of the prior at slope 1, lead 0 and offset 0, in the unit of the log loss. */
const prior = 0.5;
/**
 * The same where labelled rows are learned, up to 200 predictions; it wears off with more. One agent is right for such a
 * text, so the margin counts; and with few rows logits promise too much. With 60 to 200 rows the calibration error falls
 * from 9.3 to 7.0 by this, together with {@link labelledInUse}; from the prior above, with as much strength, it rises to 11.
 */
const labelledPrior = { slope: 0.3, lead: 0.3, strength: 40, until: 200 } as const;
/** Newest predictions in use at least, where all are of labelled rows: two thirds of all, up to so many. */
const labelledInUse = 133;

export class Calibration {
  readonly size: number;
  /** Ring buffers; the newest prediction is at `(total − 1) % size`. */
  readonly logits: Float64Array;
  readonly margins: Float64Array;
  readonly heights: Float64Array;
  readonly right: Uint8Array;
  total = 0;
  /** 0.1 to 5. */
  slope = 1;
  /** 0 to 5. */
  lead = 0;
  offset = 0;
  /** `total` at which it is fitted next. */
  refitAt = leastTracked;

  constructor(size: number) {
    this.size = size;
    this.logits = new Float64Array(size);
    this.margins = new Float64Array(size);
    this.heights = new Float64Array(size);
    this.right = new Uint8Array(size);
  }

  /** Predictions in use: the newest quarter, because older ones were made by a model that knew less. */
  get tracked(): number {
    return Math.min(this.size, this.total, Math.max(leastInUse, Math.floor(this.total / 4)));
  }

  /** Records a prediction and how it came out; `labelled`: the part of what was learned that is labelled rows, default 0. */
  record(logit: number, margin: number, height: number, right: boolean, labelled = 0): void {
    const at = this.total % this.size;
    this.logits[at] = logit;
    this.margins[at] = margin;
    this.heights[at] = height;
    this.right[at] = right ? 1 : 0;
    this.total += 1;
    if (this.total < this.refitAt) return;
    this.#fit(labelled);
    this.refitAt = this.total + Math.min(refitEvery, Math.max(2, this.total >> 3));
  }

  /** Prediction `number`, from 0, came out wrong after all. Acts from the next fit on. */
  correct(number: number): void {
    if (number < this.total && number >= this.total - this.size) this.right[number % this.size] = 0;
  }

  /** P(success) of a logit and its margin. */
  probability(logit: number, margin: number): number {
    return 1 / (1 + Math.exp(-(this.slope * logit + this.lead * margin + this.offset)));
  }

  /**
   * Share of past predictions that stood out more than this one, 0 to 1. At
   * 0.95, only one past task in twenty spoke less clearly for any agent. Null
   * below {@link leastTracked} predictions.
   */
  novelty(height: number): number | null {
    if (this.total < leastTracked) return null;
    const tracked = this.tracked;
    // Two straight runs instead of a modulo a step: a fifth of the time.
    const end = ((this.total - 1) % this.size) + 1;
    const start = end - tracked;
    const higher =
      start >= 0
        ? countAbove(this.heights, start, end, height)
        : countAbove(this.heights, 0, end, height) + countAbove(this.heights, this.size + start, this.size, height);
    return higher / tracked;
  }

  /** Logistic regression of right on logit and margin by Newton's method. 2,048 predictions take about 0.4 ms. */
  #fit(labelled: number): void {
    const { until } = labelledPrior;
    const strength = prior + labelled * labelledPrior.strength * Math.min(1, until / this.total);
    const slopeBefore = 1 + labelled * (labelledPrior.slope - 1);
    const leadBefore = labelled * labelledPrior.lead;
    const more = labelled * (Math.min((2 * this.total) / 3, labelledInUse) - leastInUse);
    const tracked = Math.min(this.size, this.total, Math.max(this.tracked, Math.floor(leastInUse + more)));
    const at = [slopeBefore, leadBefore, 0];
    for (let iteration = 0; iteration < 12; iteration += 1) {
      const [slope = 1, lead = 0, offset = 0] = at;
      const gradient = [strength * (slopeBefore - slope), strength * (leadBefore - lead), -prior * offset];
      const curve = [strength, 0, 0, strength, 0, prior];
      for (let back = 1; back <= tracked; back += 1) {
        const place = this.#place(back);
        const logit = this.logits[place] ?? 0;
        const margin = this.margins[place] ?? 0;
        const probability = this.#sigmoid(slope * logit + lead * margin + offset);
        const error = (this.right[place] ?? 0) - probability;
        const weight = probability * (1 - probability);
        accumulate(gradient, curve, error, weight, logit, margin);
      }
      const moves = solve(curve, gradient);
      if (moves === null) break;
      // Steps are held to 1: far from the optimum the quadratic model overshoots.
      for (const [place, move] of moves.entries()) {
        const [least = 0, most = 0] = bounds[place] ?? [];
        at[place] = Math.min(most, Math.max(least, (at[place] ?? 0) + held(move)));
      }
      if (moves.every((move) => Math.abs(move) < 1e-6)) break;
    }
    [this.slope = 1, this.lead = 0, this.offset = 0] = at;
  }

  #sigmoid(x: number): number {
    return 1 / (1 + Math.exp(-x));
  }

  /** Place of the prediction made `back` predictions ago, 1 for the newest. */
  #place(back: number): number {
    return (this.total - back) % this.size;
  }
}

/** Of slope, lead and offset. */
const bounds = [
  [0.1, 5],
  [0, 5],
  [-10, 10],
] as const;

/** Adds one prediction to the gradient and to the upper half of the curvature, row by row. */
function accumulate(
  gradient: number[],
  curve: number[],
  error: number,
  weight: number,
  logit: number,
  margin: number,
): void {
  gradient[0] = (gradient[0] ?? 0) + error * logit;
  gradient[1] = (gradient[1] ?? 0) + error * margin;
  gradient[2] = (gradient[2] ?? 0) + error;
  curve[0] = (curve[0] ?? 0) + weight * logit * logit;
  curve[1] = (curve[1] ?? 0) + weight * logit * margin;
  curve[2] = (curve[2] ?? 0) + weight * logit;
  curve[3] = (curve[3] ?? 0) + weight * margin * margin;
  curve[4] = (curve[4] ?? 0) + weight * margin;
  curve[5] = (curve[5] ?? 0) + weight;
}

/** Solves a symmetric system of three by Cramer's rule; null where it has no clear solution. */
function solve(curve: readonly number[], right: readonly number[]): [number, number, number] | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = curve;
  const [x = 0, y = 0, z = 0] = right;
  const determinant = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
  if (!(determinant > 1e-9)) return null;
  return [
    (x * (d * f - e * e) - b * (y * f - e * z) + c * (y * e - d * z)) / determinant,
    (a * (y * f - e * z) - x * (b * f - c * e) + c * (b * z - c * y)) / determinant,
    (a * (d * z - e * y) - b * (b * z - c * y) + x * (b * e - c * d)) / determinant,
  ];
}

function held(move: number): number {
  return Math.min(1, Math.max(-1, move));
}

function countAbove(values: Float64Array, from: number, to: number, least: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if ((values[at] ?? 0) > least) count += 1;
  return count;
}
