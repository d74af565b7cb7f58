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

/** Choices with a probability that is not above 0 are left out. */
export function estimateOffPolicy(choices: Iterable<LoggedChoice>): OffPolicyEstimate {
  let weights = 0;
  let squares = 0;
  let rewards = 0;
  const used: { weight: number; reward: number }[] = [];
  for (const { probability, agrees, reward } of choices) {
    if (!agrees || !(probability > 0)) continue;
    const weight = 1 / probability;
    weights += weight;
    squares += weight * weight;
    rewards += weight * reward;
    used.push({ weight, reward });
  }
  // Kish's effective sample size.
  const effective = squares > 0 ? (weights * weights) / squares : 0;
  if (effective < leastEffective) return { kind: 'no-overlap', effective };
  const value = rewards / weights;
  let variance = 0;
  for (const { weight, reward } of used) variance += (weight * (reward - value)) ** 2;
  const error = (1.96 * Math.sqrt(variance)) / weights;
  return { kind: 'estimate', value, low: Math.max(0, value - error), high: Math.min(1, value + error), effective };
}
