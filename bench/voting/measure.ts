/** Runs rules over simulated votes and counts how often they are right. */
import { type TallyResult, tally } from '../../src/domain/votes/tally.ts';
import {
  changeVotingRecord,
  emptyVotingRecord,
  type Judgement,
  judgeBallots,
  readVotingRecord,
} from '../../src/domain/votes/voting-record.ts';
import { type Stacking, stackedProbabilities, trainStacking } from './stacking.ts';
import type { Question } from './world.ts';

/** A world as it is measured. */
export interface Setting {
  readonly name: string;
  readonly open: boolean;
  /** A federation's questions, one after another. */
  readonly source: (seed: number) => () => Question;
  /** Judged votes after which it is measured. */
  readonly histories: readonly number[];
}

/** One rule on one row of the table; all but `votes` in percent. */
export interface Score {
  /** Leading option right; shared leads count by their share. */
  readonly accuracy: number;
  /** Decided without the operator under the rules in force. */
  readonly decided: number;
  readonly wrongOfDecided: number;
  /** Wrong among the 70% of votes the rule is surest of. */
  readonly wrongOfSurest70: number;
}

export interface Row {
  readonly world: string;
  readonly open: boolean;
  readonly history: number;
  readonly votes: number;
  readonly heads: Score;
  readonly summedConfidence: Score;
  readonly inForce: Score;
  /** The calibrated count alone, whatever λ is. */
  readonly calibrated: Score;
  readonly stacking: Score;
  /** Accuracy of summing true log-odds, with every p known. */
  readonly oracle: number;
}

interface Answer {
  /** 1 right, 0 wrong, between where several lead. */
  readonly credit: number;
  readonly decided: boolean;
  readonly sureness: number;
}

interface Answers {
  readonly inForce: Answer[];
  readonly calibrated: Answer[];
  readonly stacking: Answer[];
}

function noAnswers(): Answers {
  return { inForce: [], calibrated: [], stacking: [] };
}

interface Learned {
  readonly judgement: Judgement;
  readonly stacking: Stacking;
}

/** What the leader must reach once calibration has a say; stacking is held to the same. */
const neededProbability = 0.85;

function summarise(answers: readonly Answer[]): Score {
  const decided = answers.filter((answer) => answer.decided);
  const surest = [...answers].sort((a, b) => b.sureness - a.sureness).slice(0, Math.round(0.7 * answers.length));
  const wrong = (some: readonly Answer[]): number =>
    some.length === 0 ? 0 : (100 * some.reduce((sum, answer) => sum + 1 - answer.credit, 0)) / some.length;
  return {
    accuracy: 100 - wrong(answers),
    decided: (100 * decided.length) / answers.length,
    wrongOfDecided: wrong(decided),
    wrongOfSurest70: wrong(surest),
  };
}

function creditOf(shares: readonly { readonly option: string; readonly share: number }[], right: string): number {
  const most = Math.max(...shares.map(({ share }) => share));
  // Shares are given to nine digits; the last may differ between equal ones.
  const leading = shares.filter(({ share }) => share >= most - 2e-9);
  return leading.some(({ option }) => option === right) ? 1 / leading.length : 0;
}

function answerOf(result: TallyResult, right: string): Answer {
  const share = Math.max(...result.in_force.map((option) => option.share));
  return {
    credit: creditOf(result.in_force, right),
    decided: result.verdict.status === 'decided',
    sureness: result.probability_needed === null ? share : (result.probability ?? 0),
  };
}

/** The rule by itself: decides at the same probability, and knows no λ. */
function calibratedAnswer({ calibrated }: TallyResult, right: string): Answer {
  const most = Math.max(...calibrated.options.map(({ weight }) => weight));
  const leading = calibrated.options.filter(({ weight }) => weight >= most - 1e-9);
  const sureness = Math.max(...calibrated.options.map(({ probability }) => probability));
  const credit = leading.some(({ option }) => option === right) ? 1 / leading.length : 0;
  return { credit, decided: sureness >= neededProbability, sureness };
}

function stackedAnswer(question: Question, weights: Stacking): Answer {
  const chances = stackedProbabilities(question, weights);
  const sureness = Math.max(...chances);
  const shares = question.poll.options.map((option, place) => ({ option, share: chances[place] ?? 0 }));
  return { credit: creditOf(shares, question.right), decided: sureness >= neededProbability, sureness };
}

function oracleOf({ poll, ballots, skills, right }: Question): number {
  const sums = poll.options.map((option) => ({
    option,
    share: ballots.reduce((sum, { choice }, place) => {
      const p = skills[place] ?? 0;
      return choice === option ? sum + Math.log(((poll.options.length - 1) * p) / (1 - p)) : sum;
    }, 0),
  }));
  return creditOf(sums, right);
}

/** What one federation has learned after each length in `histories`. */
function learnHistory(next: () => Question, histories: readonly number[]): Map<number, Learned> {
  let record = emptyVotingRecord;
  const questions: Question[] = [];
  const learned = new Map([[0, { judgement: readVotingRecord(record), stacking: trainStacking([]) }]]);
  for (let judged = 1; judged <= Math.max(...histories); judged += 1) {
    const question = next();
    const { poll, ballots, right } = question;
    questions.push(question);
    record = changeVotingRecord(record, judgeBallots(poll, ballots, right, readVotingRecord(record)), 1);
    if (!histories.includes(judged)) continue;
    learned.set(judged, { judgement: readVotingRecord(record), stacking: trainStacking(questions) });
  }
  return learned;
}

/**
 * The rows of one world: `federations` histories, each followed by `votes`
 * questions, the same questions for every length of history.
 */
export function measureWorld(setting: Setting, seed: number, federations: number, votes: number): Row[] {
  const heads: Answer[] = [];
  const summed: Answer[] = [];
  const oracle: number[] = [];
  const answers = new Map(setting.histories.map((history) => [history, noAnswers()]));
  const unjudged = readVotingRecord(emptyVotingRecord);
  for (let federation = 0; federation < federations; federation += 1) {
    const next = setting.source(seed + 7919 * federation);
    const learned = learnHistory(next, setting.histories);
    for (let vote = 0; vote < votes; vote += 1) {
      const question = next();
      const { poll, ballots, right } = question;
      oracle.push(oracleOf(question));
      heads.push(answerOf(tally({ ...poll, method: 'majority' }, ballots, unjudged), right));
      summed.push(answerOf(tally(poll, ballots, unjudged), right));
      for (const [history, { inForce, calibrated, stacking }] of answers) {
        const known = learned.get(history);
        if (known === undefined) continue;
        const result = tally(poll, ballots, known.judgement);
        inForce.push(answerOf(result, right));
        calibrated.push(calibratedAnswer(result, right));
        stacking.push(stackedAnswer(question, known.stacking));
      }
    }
  }
  const mean = (numbers: readonly number[]): number =>
    (100 * numbers.reduce((sum, number) => sum + number, 0)) / numbers.length;
  return [...answers].map(([history, { inForce, calibrated, stacking }]) => ({
    world: setting.name,
    open: setting.open,
    history,
    votes: inForce.length,
    heads: summarise(heads),
    summedConfidence: summarise(summed),
    inForce: summarise(inForce),
    calibrated: summarise(calibrated),
    stacking: summarise(stacking),
    oracle: mean(oracle),
  }));
}
