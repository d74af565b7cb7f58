/**
 * What calibrated ballots weigh, and how likely that makes an option.
 *
 * The weight of a ballot is the log-odds of its being right against one wrong
 * option, `ln((K − 1)·p / (1 − p))`: with independent agents and errors spread
 * evenly, adding these up and taking the largest is the rule that is most often
 * right (Nitzan and Paroush 1982, for K = 2; the K − 1 makes a ballot at chance
 * weigh nothing). Weights are kept as integers, millionths of a nat, so that
 * sums are exact and the order of ballots cannot matter.
 */

/** Millionths of a nat. */
export type MicroNats = number;

export const microNatsPerNat = 1_000_000;

/** p is held to this distance from 0 and 1: no agent is ever taken as certain. */
const clip = 0.02;

/** `max(0, ln((K − 1)p / (1 − p)))`; p from 0 to 1, K options. A ballot worse than chance weighs 0, never less. */
export function logOddsWeight(probability: number, optionCount: number): MicroNats {
  const p = Math.min(1 - clip, Math.max(clip, probability));
  return Math.round(microNatsPerNat * Math.max(0, Math.log(((optionCount - 1) * p) / (1 - p))));
}

/** A ballot's weight and what it speaks for. */
export interface WeighedBallot {
  readonly family: string | null;
  readonly weight: number;
  /** Number of the option chosen, for `approval` and `ranked` the one named first. */
  readonly choice: number;
  /** Its agent's record is long enough to outweigh all others. */
  readonly proven: boolean;
  /** What it adds its weight to, each once: options, or for ranked ballots pairings. */
  readonly columns: readonly number[];
}

/** Weight by column, and the weight of all ballots together, which is what shares are shares of. */
export interface Columns {
  readonly weights: readonly number[];
  readonly total: number;
  /** What each ballot came to weigh, in the order given. */
  readonly ballots: readonly number[];
}

/** Adds ballots up as they are. */
export function sumPlain(ballots: readonly WeighedBallot[], columnCount: number): Columns {
  const weights = Array.from({ length: columnCount }, () => 0);
  for (const { weight, columns } of ballots) {
    for (const column of columns) weights[column] = (weights[column] ?? 0) + weight;
  }
  return { weights, total: sum(ballots), ballots: ballots.map((ballot) => ballot.weight) };
}

function sum(ballots: readonly WeighedBallot[]): number {
  return ballots.reduce((total, ballot) => total + ballot.weight, 0);
}

/**
 * Adds calibrated ballots up after two corrections. Ballots of one family with
 * the same choice count `(1 − ρ)^(k−1)` for the k-th largest, ρ the family's
 * excess agreement in error (`excess`, 0 to 1). Then, where first choices differ,
 * an agent that is not proven weighs no more than all the others together: a
 * record of some tens of ballots is too short to outvote everybody. Ballots that
 * agree outvote nobody, and keep their weight.
 *
 * A ballot has one weight wherever it counts. Discounting by column instead
 * (each option approved, each pairing) lets a ballot for the leader raise
 * another's cap by more than it gives the leader.
 */
export function sumCalibrated(
  ballots: readonly WeighedBallot[],
  columnCount: number,
  excess: (family: string) => number,
): Columns {
  const discounted = discountFamilies(ballots, excess);
  const all = sum(discounted);
  const areOpposed = ballots.some(({ choice }) => choice !== ballots[0]?.choice);
  const capped = discounted.map((ballot) =>
    areOpposed && !ballot.proven ? { ...ballot, weight: Math.min(ballot.weight, all - ballot.weight) } : ballot,
  );
  return sumPlain(capped, columnCount);
}

function discountFamilies(
  ballots: readonly WeighedBallot[],
  excess: (family: string) => number,
): readonly WeighedBallot[] {
  const largerSiblings = (own: WeighedBallot, place: number): number =>
    ballots.filter(
      (other, otherPlace) =>
        other.family === own.family &&
        other.choice === own.choice &&
        (other.weight > own.weight || (other.weight === own.weight && otherPlace < place)),
    ).length;
  return ballots.map((ballot, place) => {
    if (ballot.family === null) return ballot;
    const rank = largerSiblings(ballot, place);
    return rank === 0 ? ballot : { ...ballot, weight: Math.round(ballot.weight * (1 - excess(ballot.family)) ** rank) };
  });
}

/**
 * The probability of each option, 0 to 1, from how far it is ahead of each
 * other, `lead(a, b)` in micronats: `P(a) = 1 / (1 + Σ_b exp(−γ·lead(a, b)))`.
 * Where a lead is a difference of two weights this is Bayes' rule under an even
 * prior for independent agents (γ = 1); γ below 1 allows for agents that err
 * together. To the nearest millionth, so that thresholds do not hang on the
 * last bit of an exponential.
 */
export function optionProbabilities(
  optionCount: number,
  lead: (option: number, rival: number) => MicroNats,
  independence: number,
): number[] {
  const options = Array.from({ length: optionCount }, (_, option) => option);
  return options.map((option) => {
    let against = 0;
    for (const rival of options) {
      if (rival !== option) against += Math.exp((-independence * lead(option, rival)) / microNatsPerNat);
    }
    return Math.round(1_000_000 / (1 + against)) / 1_000_000;
  });
}
