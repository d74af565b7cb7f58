/**
 * How well a strategy would have done that was not (always) used, from logged
 * choices and their probabilities.
 *
 * Self-normalised inverse propensity scoring (Swaminathan & Joachims 2015):
 * `Σ w r / Σ w` with `w = [strategy picks what was chosen] / p`; interval from
 * the delta method, ±1.96 standard errors.
 */

/** Below this effective sample there is nothing to say. */
export const leastEffective = 100;

export interface LoggedChoice {
  /** Probability with which the logged agent was chosen, above 0. Forced choices do not belong here. */
  readonly probability: number;
  /** Whether the strategy asked about picks the logged agent. */
  readonly agrees: boolean;
  /** How it went, 0 to 1. */
  readonly reward: number;
}

export type OffPolicyEstimate =
  | {
      readonly kind: 'estimate';
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly effective: number;
    }
  | { readonly kind: 'no-overlap'; readonly effective: number };

/** Sums over the choices a strategy agrees with: of `w = 1 / probability`, and of its square, times the reward. */
export interface WeightSums {
  readonly w: number;
  readonly ww: number;
  readonly wr: number;
  readonly wwr: number;
  /** Of `w² r²`; the same as `wwr` where every reward is 0 or 1. */
  readonly wwrr: number;
}

/** Choices with a probability that is not above 0 are left out. */
export function estimateOffPolicy(choices: Iterable<LoggedChoice>): OffPolicyEstimate {
  const sums = { w: 0, ww: 0, wr: 0, wwr: 0, wwrr: 0 };
  for (const { probability, agrees, reward } of choices) {
    if (!agrees || !(probability > 0)) continue;
    const weight = 1 / probability;
    sums.w += weight;
    sums.ww += weight * weight;
    sums.wr += weight * reward;
    sums.wwr += weight * weight * reward;
    sums.wwrr += (weight * reward) ** 2;
  }
  return estimateFromSums(sums);
}

/** The same from what was summed up as the choices were judged. */
export function estimateFromSums({ w, ww, wr, wwr, wwrr }: WeightSums): OffPolicyEstimate {
  // Kish's effective sample size.
  const effective = ww > 0 ? (w * w) / ww : 0;
  if (effective < leastEffective) return { kind: 'no-overlap', effective };
  const value = wr / w;
  // Σ (w (r − value))², multiplied out; rounding must not make it negative.
  const variance = Math.max(0, wwrr - 2 * value * wwr + value * value * ww);
  const error = (1.96 * Math.sqrt(variance)) / w;
  return { kind: 'estimate', value, low: Math.max(0, value - error), high: Math.min(1, value + error), effective };
}
