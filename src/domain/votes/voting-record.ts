/**
 * What was learned from judged votes: calibration, families, and how far all
 * agents err together. One plain JSON record for the whole federation.
 *
 * A judgement is worked out once, against the record as it stands, into a
 * `JudgedVote` of integers (`judgeBallots`); putting that into the record is
 * mere addition (`changeVotingRecord`), exact and reversible. An event that
 * carries the `JudgedVote` therefore folds fast, to the same record for ever,
 * whatever later versions of the formulas do.
 */
import type { AgentName } from '../tasks/task.ts';
import {
  type CalibrationRecord,
  type Calibrator,
  changeCalibration,
  createCalibrator,
  emptyCalibration,
  type Observation,
} from './calibration.ts';
import {
  changeFamilies,
  emptyFamilies,
  excessAgreement,
  type FamilyRecord,
  type JudgedChoice,
  observeFamilies,
} from './families.ts';
import { abstain, type CastBallot, type Poll } from './vote.ts';
import { logOddsWeight, optionProbabilities, sumCalibrated } from './weights.ts';

export interface VotingRecord {
  readonly judged_votes: number;
  readonly calibration: CalibrationRecord;
  readonly families: FamilyRecord;
  /** For each value of γ in `independenceGrid`: minus the log-likelihood of what was judged, in millionths. */
  readonly surprise: readonly number[];
}

/** What one judged vote adds to the record. */
export interface JudgedVote {
  readonly ballots: readonly Observation[];
  readonly families: FamilyRecord;
  readonly surprise: readonly number[];
}

/** What a tally needs of the record. Tests and experiments may supply another. */
export interface Judgement {
  readonly judged_votes: number;
  readonly probability: Calibrator;
  /** Whether so many of the agent's ballots were judged that it may outweigh all others. */
  readonly isProven: (agent: AgentName) => boolean;
  /** ρ of a family, 0 to 1. */
  readonly excess: (family: string) => number;
  /** γ: 1 where agents err independently, less where they err together. */
  readonly independence: number;
}

/** Values of γ that are compared. */
const independenceGrid = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2] as const;

/** What is believed of γ before anything is judged: normal around 1 with this spread. */
const independenceSpread = 0.5;

/** Judged votes before the calibrated tally has any say, and those until it has all of it. */
const firstSay = 5;
const fullSay = 25;
/** Judged ballots of an agent from which it may weigh more than all that oppose it or agree with it together. */
export const provenBallots = 100;
/** `λ` is kept as this many parts, so that blends are exact. */
export const lambdaParts = fullSay - firstSay;

export const emptyVotingRecord: VotingRecord = {
  judged_votes: 0,
  calibration: emptyCalibration,
  families: emptyFamilies,
  surprise: independenceGrid.map(() => 0),
};

/** `λ = clamp((judged votes − 5) / 20, 0, 1)`, in twentieths. */
export function lambdaOf(judgedVotes: number): number {
  return Math.min(lambdaParts, Math.max(0, judgedVotes - firstSay));
}

/**
 * γ, the mean over the grid of prior times likelihood. Adding log-odds takes
 * agents for independent. Where they share their errors the sum is too sure of
 * itself, all the more the more agents agree; one number for that, learned from
 * how often the calibrated tally was right at the probability it named, is what
 * some hundred judged votes can tell (temperature scaling: Guo et al. 2017).
 * It never changes which option leads.
 */
function estimateIndependence(surprise: readonly number[]): number {
  const plausible = independenceGrid.map(
    (value, place) => -(surprise[place] ?? 0) / 1_000_000 - ((value - 1) / independenceSpread) ** 2 / 2,
  );
  const best = Math.max(...plausible);
  let sum = 0;
  let weighted = 0;
  for (const [place, value] of independenceGrid.entries()) {
    const likelihood = Math.exp((plausible[place] ?? 0) - best);
    sum += likelihood;
    weighted += likelihood * value;
  }
  return weighted / sum;
}

/** The record made ready for tallies. Fits each agent's map at most once; make a new one when the record changes. */
export function readVotingRecord(record: VotingRecord): Judgement {
  const rho = new Map<string, number>();
  return {
    judged_votes: record.judged_votes,
    probability: createCalibrator(record.calibration),
    isProven: (agent) => (record.calibration.agents[agent]?.overall.ballots ?? 0) >= provenBallots,
    excess: (family) => {
      const known = rho.get(family);
      if (known !== undefined) return known;
      const value = excessAgreement(record.families, family);
      rho.set(family, value);
      return value;
    },
    independence: record.judged_votes === 0 ? 1 : estimateIndependence(record.surprise),
  };
}

/**
 * What the judgement "`rightChoice` was right" teaches, worked out against
 * `judgement`, the record before it. Abstentions teach nothing. For every
 * method the ballot's `choice` is what its confidence is about, `also` is not.
 *
 * `rightChoice` may be something that was no option; then every ballot was wrong.
 */
export function judgeBallots(
  poll: Pick<Poll, 'options' | 'topic' | 'eligible'>,
  ballots: readonly CastBallot[],
  rightChoice: string,
  judgement: Judgement,
): JudgedVote {
  const familyOf = new Map<AgentName, string | null>(poll.eligible.map((voter) => [voter.agent, voter.family]));
  const sided = ballots.filter((ballot) => ballot.choice !== abstain);
  const choices = sided.map(({ agent, choice, confidence }) => ({
    agent,
    family: familyOf.get(agent) ?? null,
    choice,
    probability: judgement.probability(agent, poll.topic, confidence),
  }));
  return {
    ballots: sided.map(({ agent, choice, confidence }) => ({
      agent,
      topic: poll.topic,
      confidence,
      right: choice === rightChoice,
    })),
    families: observeFamilies(choices, rightChoice, poll.options.length),
    // Before it has a say the calibrated tally is not yet what is being judged.
    surprise:
      lambdaOf(judgement.judged_votes) === 0
        ? independenceGrid.map(() => 0)
        : surpriseOf(poll.options, choices, rightChoice, judgement),
  };
}

function surpriseOf(
  options: readonly string[],
  choices: readonly (JudgedChoice & { readonly agent: AgentName })[],
  rightChoice: string,
  judgement: Judgement,
): number[] {
  const right = options.indexOf(rightChoice);
  if (right < 0) return independenceGrid.map(() => 0);
  const { weights } = sumCalibrated(
    choices.map(({ agent, family, choice, probability }) => {
      const option = options.indexOf(choice);
      const weight = logOddsWeight(probability, options.length);
      return { family, weight, choice: option, columns: [option], proven: judgement.isProven(agent) };
    }),
    options.length,
    judgement.excess,
  );
  const lead = (a: number, b: number): number => (weights[a] ?? 0) - (weights[b] ?? 0);
  return independenceGrid.map((gamma) => {
    const probability = optionProbabilities(options.length, lead, gamma)[right] ?? 0;
    return Math.round(-1_000_000 * Math.log(Math.max(1e-6, probability)));
  });
}

/** The record with a judged vote put in (`by` 1) or taken back (`by` −1). The given record is not changed. */
export function changeVotingRecord(record: VotingRecord, judged: JudgedVote, by: 1 | -1): VotingRecord {
  return {
    judged_votes: record.judged_votes + by,
    calibration: judged.ballots.reduce((sum, seen) => changeCalibration(sum, seen, by), record.calibration),
    families: changeFamilies(record.families, judged.families, by),
    surprise: record.surprise.map((sum, place) => sum + by * (judged.surprise[place] ?? 0)),
  };
}
