/** Figures that say how good a set of predictions is. Shares are 0 to 1. */

/** One prediction and the truth. */
export interface Judged {
  readonly label: string;
  readonly predicted: string | null;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's 95% interval of a share (Wilson 1927); [0, 1] for no cases. */
export function wilson(successes: number, count: number): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = successes / count;
  const centre = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

export function accuracy(judged: readonly Judged[]): number {
  return judged.length === 0 ? 0 : judged.filter(isRight).length / judged.length;
}

/** Mean F1 over the labels that occur in the truth; a label never predicted has F1 0. */
export function macroF1(judged: readonly Judged[]): number {
  const counts = new Map<string, { right: number; real: number; predicted: number }>();
  const of = (label: string): { right: number; real: number; predicted: number } => {
    let count = counts.get(label);
    if (count === undefined) {
      count = { right: 0, real: 0, predicted: 0 };
      counts.set(label, count);
    }
    return count;
  };
  for (const one of judged) {
    of(one.label).real += 1;
    if (one.predicted !== null) of(one.predicted).predicted += 1;
    if (isRight(one)) of(one.label).right += 1;
  }
  let sum = 0;
  let labels = 0;
  for (const { right, real, predicted } of counts.values()) {
    if (real === 0) continue;
    labels += 1;
    sum += (2 * right) / (real + predicted);
  }
  return labels === 0 ? 0 : sum / labels;
}

/** Expected calibration error over 15 bins of equal width (Guo et al. 2017). */
export function calibrationError(judged: readonly Judged[]): number {
  const bins = Array.from({ length: 15 }, () => ({ confidence: 0, right: 0 }));
  for (const one of judged) {
    const bin = bins[Math.min(14, Math.max(0, Math.floor(one.confidence * 15)))];
    if (bin === undefined) continue;
    bin.confidence += one.confidence;
    bin.right += isRight(one) ? 1 : 0;
  }
  let error = 0;
  for (const bin of bins) error += Math.abs(bin.confidence - bin.right);
  return judged.length === 0 ? 0 : error / judged.length;
}

/** Accuracy among the most confident `coverage` of the predictions; of equals, in the order given. */
export function accuracyAtCoverage(judged: readonly Judged[], coverage: number): number {
  const sorted = [...judged].sort((a, b) => b.confidence - a.confidence);
  return accuracy(sorted.slice(0, Math.round(sorted.length * coverage)));
}

/** Probability that an in-scope score is above an out-of-scope one, ties half; null where either is empty. */
export function auroc(inScope: readonly number[], outOfScope: readonly number[]): number | null {
  if (inScope.length === 0 || outOfScope.length === 0) return null;
  const all = [
    ...inScope.map((score) => ({ score, inside: true })),
    ...outOfScope.map((score) => ({ score, inside: false })),
  ].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  let at = 0;
  while (at < all.length) {
    let end = at;
    while (end < all.length && all[end]?.score === all[at]?.score) end += 1;
    const rank = (at + end + 1) / 2;
    for (let index = at; index < end; index += 1) if (all[index]?.inside === true) rankSum += rank;
    at = end;
  }
  const n = inScope.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * outOfScope.length);
}

/** In-scope accuracy counts an in-scope row that is turned away as wrong (Larson et al. 2019). */
export interface ScopeFigures {
  readonly threshold: number;
  readonly inScopeAccuracy: number;
  readonly outOfScopeRecall: number;
}

export interface ScopedScore {
  readonly score: number;
  readonly right: boolean;
}

export function atThreshold(
  inScope: readonly ScopedScore[],
  outOfScope: readonly number[],
  threshold: number,
): ScopeFigures {
  const kept = inScope.filter(({ score, right }) => right && score >= threshold).length;
  const found = outOfScope.filter((score) => score < threshold).length;
  return {
    threshold,
    inScopeAccuracy: inScope.length === 0 ? 0 : kept / inScope.length,
    outOfScopeRecall: outOfScope.length === 0 ? 0 : found / outOfScope.length,
  };
}

/** The highest threshold that keeps at least `least` of in-scope rows right; −∞ where none does. */
export function thresholdFor(inScope: readonly ScopedScore[], least: number): number {
  const right = inScope
    .filter((one) => one.right)
    .map(({ score }) => score)
    .sort((a, b) => a - b);
  const spare = right.length - Math.ceil(least * inScope.length);
  return spare < 0 ? Number.NEGATIVE_INFINITY : (right[spare] ?? Number.NEGATIVE_INFINITY);
}

function isRight({ label, predicted }: Judged): boolean {
  return label === predicted;
}
