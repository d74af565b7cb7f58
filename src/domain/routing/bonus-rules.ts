/** How much an agent's record adds to its score, by the strategy that asks. */
import { betaQuantile } from './beta.ts';

export interface OutcomeCounts {
  readonly successes: number;
  readonly failures: number;
}

/** The plan's bonus of `v2`: `(success rate − 0.80) × 0.10`; 0 without outcomes. Between −0.08 and +0.02. */
export function planBonus(counts: OutcomeCounts): number {
  const count = counts.successes + counts.failures;
  return count === 0 ? 0 : (counts.successes / count - 0.8) * 0.1;
}

/** An agent–type pair needs more outcomes than this before it is boosted or penalised. */
export const leastOutcomes = 5;

/**
 * Bonus of `v1` and `learned`, from Beta(1 + s, 1 + f): +0.05 when the 10%
 * quantile is at least 0.80, −0.05 when the 90% quantile is at most 0.50, else
 * 0. Six successes of six give 0.72 and no bonus: that is still luck.
 */
export function evidenceBonus(counts: OutcomeCounts): number {
  const { successes, failures } = counts;
  if (successes + failures <= leastOutcomes) return 0;
  if (betaQuantile(0.1, 1 + successes, 1 + failures) >= 0.8) return 0.05;
  if (betaQuantile(0.9, 1 + successes, 1 + failures) <= 0.5) return -0.05;
  return 0;
}
