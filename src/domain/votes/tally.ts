/**
 * Counting a vote: ballots in, result out.
 *
 * Two counts are always made and shown. The plain one takes ballots at their
 * word: stated confidence in thousandths, or one each under `majority`. The
 * calibrated one weighs each by how often its agent is right when it says so
 * (`weights.ts`). In force are the shares `(1 − λ)·plain + λ·calibrated`, λ
 * growing from 0 at 5 judged votes to 1 at 25; under `majority`, whose point
 * is that ballots are equal, the plain shares alone. All sums are integers and
 * blends are compared as exact fractions, so neither the order of ballots nor
 * a rounding error decides anything.
 *
 * What an option's share is: of the weight of all ballots that take a side, the
 * part that chose it (`weighted`, `majority`) or approves it (`approval`; these
 * shares may add up to more than 1); under `ranked`, the part that prefers it
 * to its hardest rival, so that here too more than half means that it wins:
 * against each other option (Condorcet 1785). A ballot that ranks neither of
 * two options counts for neither but stays in the whole.
 */
import type { AgentName } from '../tasks/task.ts';
import { needsOf, type Verdict, verdictOf } from './resolution.ts';
import { abstain, type CastBallot, type EscalationReason, type Poll } from './vote.ts';
import { type Judgement, lambdaOf, lambdaParts } from './voting-record.ts';
import {
  type Columns,
  logOddsWeight,
  microNatsPerNat,
  optionProbabilities,
  sumCalibrated,
  sumPlain,
  type WeighedBallot,
} from './weights.ts';

export interface OptionCount {
  readonly option: string;
  /** plain: confidence, or ballots under `majority`. calibrated: nats. */
  readonly weight: number;
  /** Of the weight of all ballots, 0 to 1; see the head of this file. */
  readonly share: number;
}

export interface PlainCount {
  readonly total: number;
  readonly options: readonly OptionCount[];
}

export interface CalibratedCount {
  readonly total: number;
  /** With each option's probability of being the right one. */
  readonly options: readonly (OptionCount & { readonly probability: number })[];
  /** What each ballot came to count: its calibrated confidence, and its weight in nats after discount and cap. */
  readonly ballots: readonly { readonly agent: AgentName; readonly probability: number; readonly weight: number }[];
}

export interface TallyResult {
  readonly method: Poll['method'];
  /** Ballots that take a side, which the quorum is about. */
  readonly counted: number;
  readonly abstained: number;
  readonly plain: PlainCount;
  readonly calibrated: CalibratedCount;
  /** Part of the calibrated count in the shares in force, 0 to 1. */
  readonly lambda: number;
  readonly in_force: readonly { readonly option: string; readonly share: number }[];
  /**
   * The option with the largest share in force; `null` where several share it or
   * none has any, and under `ranked` where that option does not win.
   */
  readonly leader: string | null;
  /** Plain mean confidence of the leader's ballots, 0 to 1. Under `ranked`: of those that put it first. */
  readonly mean_confidence: number | null;
  /** Calibrated probability of the leader. */
  readonly probability: number | null;
  /** `null` while the calibrated count has no say. */
  readonly probability_needed: number | null;
  /** Under `ranked` without a winner: options of which each is preferred to the next and the last to the first. */
  readonly cycle: readonly string[] | null;
  readonly verdict: Verdict;
}

/** Ballots that take a side, in the agents' order, with their choice as option numbers. */
interface SidedBallot {
  readonly cast: CastBallot;
  readonly family: string | null;
  /** The choice, then what else it names where the method reads that. */
  readonly ranking: readonly number[];
}

function sideBallots(poll: Poll, ballots: readonly CastBallot[]): SidedBallot[] {
  const byAgent = new Map(ballots.map((ballot) => [ballot.agent, ballot]));
  if (byAgent.size !== ballots.length) throw new RangeError('Expected one ballot an agent, got more');
  const numberOf = new Map(poll.options.map((option, number) => [option, number]));
  const readsMore = poll.method === 'approval' || poll.method === 'ranked';
  const sided: SidedBallot[] = [];
  for (const { agent, family } of poll.eligible) {
    const cast = byAgent.get(agent);
    byAgent.delete(agent);
    if (cast === undefined || cast.choice === abstain) continue;
    const named = [cast.choice, ...(readsMore ? cast.also : [])].map((option) => {
      const number = numberOf.get(option);
      if (number === undefined) throw new RangeError(`Expected a choice to be an option, got "${option}"`);
      return number;
    });
    sided.push({ cast, family, ranking: [...new Set(named)] });
  }
  const [stranger] = byAgent.keys();
  if (stranger !== undefined) throw new RangeError(`Expected ballots of eligible agents only, got one of ${stranger}`);
  return sided;
}

/** Column of "a is preferred to b". */
function pairing(a: number, b: number, optionCount: number): number {
  return a * optionCount + b;
}

function columnsOf({ ranking }: SidedBallot, method: Poll['method'], optionCount: number): readonly number[] {
  if (method !== 'ranked') return ranking;
  const columns: number[] = [];
  const rankedAbove = new Set<number>();
  for (const option of ranking) {
    rankedAbove.add(option);
    for (let rival = 0; rival < optionCount; rival += 1) {
      if (!rankedAbove.has(rival)) columns.push(pairing(option, rival, optionCount));
    }
  }
  return columns;
}

/** Per option, from per column: the column itself, or the hardest pairing. */
function perOption<N extends number | bigint>(columns: readonly N[], method: Poll['method'], optionCount: number): N[] {
  if (method !== 'ranked') return [...columns];
  return Array.from({ length: optionCount }, (_, option) =>
    columns
      .slice(option * optionCount, (option + 1) * optionCount)
      .filter((_, rival) => rival !== option)
      .reduce((least, weight) => (weight < least ? weight : least)),
  );
}

/** Shares in force as integers over a common whole: exact, whatever λ is. */
function blend(plain: Columns, calibrated: Columns, lambda: number): { shares: bigint[]; whole: bigint } {
  // A count without any weight has shares of 0; 1 keeps the division defined.
  const plainTotal = BigInt(Math.max(1, plain.total));
  const calibratedTotal = BigInt(Math.max(1, calibrated.total));
  const shares = plain.weights.map(
    (weight, column) =>
      BigInt(lambdaParts - lambda) * BigInt(weight) * calibratedTotal +
      BigInt(lambda) * BigInt(calibrated.weights[column] ?? 0) * plainTotal,
  );
  return { shares, whole: BigInt(lambdaParts) * plainTotal * calibratedTotal };
}

/** Follows "is beaten by" until it comes back to an option met before. */
function findCycle(pairs: readonly bigint[], optionCount: number, start: number): number[] | null {
  const margin = (a: number, b: number): bigint =>
    (pairs[pairing(a, b, optionCount)] ?? 0n) - (pairs[pairing(b, a, optionCount)] ?? 0n);
  const path = [start];
  for (;;) {
    const current = path[path.length - 1] ?? start;
    let beater: number | null = null;
    for (let rival = 0; rival < optionCount; rival += 1) {
      if (rival === current || margin(rival, current) <= 0n) continue;
      if (beater === null || margin(rival, current) > margin(beater, current)) beater = rival;
    }
    if (beater === null) return null;
    const met = path.indexOf(beater);
    if (met >= 0) return path.slice(met).reverse();
    path.push(beater);
  }
}

/**
 * Counts a vote and says what follows.
 *
 * @param poll what is voted on, how, and by whom
 * @param ballots at most one an agent, in any order; those of agents that have not voted are absent
 * @param judgement what was learned from judged votes (`readVotingRecord`)
 * @throws RangeError on a second ballot of an agent, a ballot of someone not
 *   eligible, or a choice that is no option: callers refuse these when cast
 */
export function tally(poll: Poll, ballots: readonly CastBallot[], judgement: Judgement): TallyResult {
  const { options, method } = poll;
  const optionCount = options.length;
  const sided = sideBallots(poll, ballots);
  const columnCount = method === 'ranked' ? optionCount ** 2 : optionCount;
  const probabilities = sided.map(({ cast }) => judgement.probability(cast.agent, poll.topic, cast.confidence));
  const weigh = (weightOf: (ballot: SidedBallot, place: number) => number): WeighedBallot[] =>
    sided.map((ballot, place) => ({
      family: ballot.family,
      proven: judgement.isProven(ballot.cast.agent),
      weight: weightOf(ballot, place),
      choice: ballot.ranking[0] ?? 0,
      columns: columnsOf(ballot, method, optionCount),
    }));
  const plain = sumPlain(
    weigh(({ cast }) => (method === 'majority' ? 1 : cast.confidence)),
    columnCount,
  );
  const calibrated = sumCalibrated(
    weigh((_, place) => logOddsWeight(probabilities[place] ?? 0, optionCount)),
    columnCount,
    judgement.excess,
  );

  const judgedLambda = lambdaOf(judgement.judged_votes);
  const lambda = method === 'majority' ? 0 : judgedLambda;
  const inForce = blend(plain, calibrated, lambda);
  const standing = perOption(inForce.shares, method, optionCount);
  const most = standing.reduce((largest, share) => (share > largest ? share : largest));
  const leaders = options.map((_, option) => option).filter((option) => standing[option] === most);
  const isMajority = 2n * most > inForce.whole;
  // A ranked option that does not win leads nobody: its share only says which rival refuses it least.
  const leads = most > 0n && leaders.length === 1 && (method !== 'ranked' || isMajority);
  const leader = leads ? (leaders[0] ?? null) : null;

  const lead = (a: number, b: number): number =>
    method === 'ranked'
      ? (calibrated.weights[pairing(a, b, optionCount)] ?? 0) - (calibrated.weights[pairing(b, a, optionCount)] ?? 0)
      : (calibrated.weights[a] ?? 0) - (calibrated.weights[b] ?? 0);
  const chances = optionProbabilities(optionCount, lead, judgement.independence);

  const backing = sided.filter(({ ranking }) =>
    method === 'approval' ? leader !== null && ranking.includes(leader) : ranking[0] === leader,
  );
  const confidence = backing.reduce((sum, { cast }) => sum + cast.confidence, 0);
  const needs = needsOf(judgedLambda);
  const probability = leader === null ? null : (chances[leader] ?? 0);
  const hasMajority = leader !== null && isMajority;

  const reasons: Readonly<Record<EscalationReason, boolean>> = {
    blocked: ballots.some((ballot) => ballot.block),
    'no-quorum': sided.length < poll.quorum,
    tie: most > 0n && leaders.length > 1,
    'no-majority': !hasMajority,
    'low-confidence':
      backing.length === 0 ||
      confidence < needs.meanConfidence * backing.length ||
      (needs.probability !== null && (probability ?? 0) < needs.probability),
    'high-stakes': poll.stakes === 'high',
  };
  const count = (columns: Columns, unit: number): OptionCount[] =>
    perOption(columns.weights, method, optionCount).map((weight, option) => ({
      option: options[option] ?? '',
      weight: weight / unit,
      share: weight / Math.max(1, columns.total),
    }));
  const unit = method === 'majority' ? 1 : 1000;
  const cycle = method === 'ranked' && !hasMajority ? findCycle(inForce.shares, optionCount, leaders[0] ?? 0) : null;
  return {
    method,
    counted: sided.length,
    abstained: ballots.length - sided.length,
    plain: { total: plain.total / unit, options: count(plain, unit) },
    calibrated: {
      total: calibrated.total / microNatsPerNat,
      options: count(calibrated, microNatsPerNat).map((own, option) => ({ ...own, probability: chances[option] ?? 0 })),
      ballots: sided.map(({ cast }, place) => ({
        agent: cast.agent,
        probability: probabilities[place] ?? 0,
        weight: (calibrated.ballots[place] ?? 0) / microNatsPerNat,
      })),
    },
    lambda: lambda / lambdaParts,
    in_force: standing.map((share, option) => ({
      option: options[option] ?? '',
      share: Number((share * 1_000_000_000n) / inForce.whole) / 1_000_000_000,
    })),
    leader: leader === null ? null : (options[leader] ?? null),
    mean_confidence: backing.length === 0 ? null : confidence / backing.length / 1000,
    probability,
    probability_needed: needs.probability,
    cycle: cycle?.map((option) => options[option] ?? '') ?? null,
    verdict: verdictOf(reasons, leader === null ? null : (options[leader] ?? null)),
  };
}
