/**
 * How much more often agents of one family make the same mistake than chance,
 * and than agents of different families, would have it.
 *
 * For each judged vote and each pair of agents i, j that voted, with calibrated
 * probabilities of error q:
 *
 *     observed  1 if both chose the same wrong option
 *     expected  qᵢ·qⱼ / (K − 1): independent errors, spread evenly over the K − 1 wrong options
 *     most      min(qᵢ, qⱼ): the two err together whenever they can
 *
 * The agreement of a set of pairs is (observed − expected) / (most − expected)
 * over their sums, as in Cohen's kappa (1960): 0 by chance, 1 at most. What all
 * agents share, a hard question, is no fault of a family, so a family's *excess*
 * is its agreement less that of pairs of different families, not below 0.
 */

/** Sums over pairs of judged ballots, in millionths, so that they are exact. */
export interface ErrorAgreement {
  readonly observed: number;
  readonly expected: number;
  readonly most: number;
}

export interface FamilyRecord {
  /** Pairs of one family, by family. */
  readonly families: { readonly [family: string]: ErrorAgreement };
  /** Pairs of agents that are not of one family. */
  readonly across: ErrorAgreement;
}

export const noAgreement: ErrorAgreement = { observed: 0, expected: 0, most: 0 };

export const emptyFamilies: FamilyRecord = { families: {}, across: noAgreement };

/** A judged ballot that took a side. */
export interface JudgedChoice {
  readonly family: string | null;
  readonly choice: string;
  /** Calibrated probability that the choice is right, as known before the judgement. */
  readonly probability: number;
}

/**
 * Shared errors that are taken as seen without excess before any is. With
 * 200 judged votes a pair has about 40 chances of a shared error, so the excess
 * is then shrunk by a fifth; after 30 votes by two thirds.
 */
const priorChances = 10;

const million = 1_000_000;

/** What one judged vote adds to a record. */
export function observeFamilies(
  ballots: readonly JudgedChoice[],
  rightChoice: string,
  optionCount: number,
): FamilyRecord {
  const families: Record<string, ErrorAgreement> = {};
  let across = noAgreement;
  for (const [place, one] of ballots.entries()) {
    for (const other of ballots.slice(place + 1)) {
      const errors = [1 - one.probability, 1 - other.probability] as const;
      const pair: ErrorAgreement = {
        observed: one.choice === other.choice && one.choice !== rightChoice ? million : 0,
        expected: Math.round((million * errors[0] * errors[1]) / (optionCount - 1)),
        most: Math.round(million * Math.min(...errors)),
      };
      if (one.family !== null && one.family === other.family) {
        families[one.family] = addAgreement(families[one.family] ?? noAgreement, pair, 1);
      } else {
        across = addAgreement(across, pair, 1);
      }
    }
  }
  return { families, across };
}

function addAgreement(sum: ErrorAgreement, part: ErrorAgreement, by: 1 | -1): ErrorAgreement {
  return {
    observed: sum.observed + by * part.observed,
    expected: sum.expected + by * part.expected,
    most: sum.most + by * part.most,
  };
}

/** The record with what one judged vote added put in (`by` 1) or taken back (`by` −1). */
export function changeFamilies(record: FamilyRecord, part: FamilyRecord, by: 1 | -1): FamilyRecord {
  const families: Record<string, ErrorAgreement> = { ...record.families };
  for (const [family, agreement] of Object.entries(part.families)) {
    const sum = addAgreement(families[family] ?? noAgreement, agreement, by);
    if (sum.most === 0) delete families[family];
    else families[family] = sum;
  }
  return { families, across: addAgreement(record.across, part.across, by) };
}

function shrunkAgreement({ observed, expected, most }: ErrorAgreement): number {
  return (observed - expected) / (Math.max(0, most - expected) + priorChances * million);
}

/** ρ: a family's excess agreement in error, 0 to 1; 0 while unjudged. */
export function excessAgreement(record: FamilyRecord, family: string): number {
  const own = record.families[family];
  if (own === undefined) return 0;
  const shared = Math.max(0, shrunkAgreement(record.across));
  return Math.min(1, Math.max(0, shrunkAgreement(own) - shared));
}
