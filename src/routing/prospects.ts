/**
 * What an agent's record on a type lets one expect of it (`Tally`): a Beta distribution, whose upper end decides who is
 * tried (Bayes-UCB with a fixed quantile: Kaufmann, Cappé, Garivier 2012). An agent of which little is known has a high
 * upper end; a failure lowers it more than a success raises it; what is certain has none. So whoever may still be the
 * best is tried, as often as that takes and no more, without chance and without thresholds.
 *
 * The prior, three successes and one failure, and the quantile were chosen by simulation: of two agents right in 0.80 and
 * 0.95 the better one is found in time by 94% of federations; by 81% with a flat prior, by 89 to 93% with a quantile that
 * grows with the outcomes.
 */
import type { Tally } from './intercepts.ts';

/** Outcomes taken as seen before any, and the part of them that succeeded. */
const prior = 4;
const priorRate = 0.75;
/** Standard deviations from the mean to the 90% quantile, by the normal approximation. */
const deviations = 1.28;

export interface Prospects {
  /** Chance of success. */
  readonly mean: number;
  /** What it may be at most, 0 to about 1.06. */
  readonly upper: number;
}

/**
 * `model`: what the text says the chance is. It stands in for the prior in the mean, and each labelled row that names the
 * agent adds to its weight: such a row says who should do the work, not how it goes.
 */
export function prospectsOf({ successes, failures, labels }: Tally, model = priorRate): Prospects {
  const all = prior + labels + successes + failures;
  const mean = ((prior + labels) * model + successes) / all;
  const hoped = (prior * priorRate + labels * model + successes) / all;
  return { mean, upper: hoped + deviations * Math.sqrt((hoped * (1 - hoped)) / (all + 1)) };
}

/** Chance of success by the record alone. */
export function chanceByRecord(tally: Tally): number {
  return prospectsOf({ ...tally, labels: 0 }).mean;
}
