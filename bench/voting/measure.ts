/** Runs rules over simulated votes and counts how often they are right. */
import { type TallyResult, tally } from '../../src/domain/votes/tally.ts';
import {
  changeVotingRecord,
  emptyVotingRecord,
  type Judgement,
  judgeBallots,
  readVotingRecord,
} from '../../src/domain/votes/voting-record.ts';
import { createWorld, poll, type Question, type World } from './world.ts';

export const histories = [0, 30, 100, 200] as const;

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
  /** Accuracy of summing true log-odds, with every p known. */
  readonly oracle: number;
}

interface Answer {
  /** 1 right, 0 wrong, between where several lead. */
  readonly credit: number;
  readonly decided: boolean;
  readonly sureness: number;
}

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

function oracleOf({ ballots, skills, right }: Question): number {
  const sums = poll.options.map((option) => ({
    option,
    share: ballots.reduce((sum, { choice }, place) => {
      const p = skills[place] ?? 0;
      return choice === option ? sum + Math.log((2 * p) / (1 - p)) : sum;
    }, 0),
  }));
  return creditOf(sums, right);
}

/** Judged histories of one federation, one judgement for each length in `histories`. */
function learnHistory(next: () => Question): Map<number, Judgement> {
  let record = emptyVotingRecord;
  const judgements = new Map([[0, readVotingRecord(record)]]);
  for (let judged = 1; judged <= Math.max(...histories); judged += 1) {
    const { ballots, right } = next();
    record = changeVotingRecord(record, judgeBallots(poll, ballots, right, readVotingRecord(record)), 1);
    judgements.set(judged, readVotingRecord(record));
  }
  return judgements;
}

/**
 * The rows of one world: `federations` histories, each followed by `votes`
 * questions, the same questions for every length of history.
 */
export function measureWorld(world: World, seed: number, federations: number, votes: number): Row[] {
  const heads: Answer[] = [];
  const summed: Answer[] = [];
  const oracle: number[] = [];
  const inForce = new Map<number, Answer[]>(histories.map((history) => [history, []]));
  const unjudged = readVotingRecord(emptyVotingRecord);
  for (let federation = 0; federation < federations; federation += 1) {
    const next = createWorld(world, seed + 7919 * federation);
    const judgements = learnHistory(next);
    for (let vote = 0; vote < votes; vote += 1) {
      const question = next();
      const { ballots, right } = question;
      oracle.push(oracleOf(question));
      heads.push(answerOf(tally({ ...poll, method: 'majority' }, ballots, unjudged), right));
      summed.push(answerOf(tally(poll, ballots, unjudged), right));
      for (const [history, answers] of inForce) {
        answers.push(answerOf(tally(poll, ballots, judgements.get(history) ?? unjudged), right));
      }
    }
  }
  const mean = (numbers: readonly number[]): number =>
    (100 * numbers.reduce((sum, number) => sum + number, 0)) / numbers.length;
  return [...inForce].map(([history, answers]) => ({
    world: world.name,
    open: world.open,
    history,
    votes: answers.length,
    heads: summarise(heads),
    summedConfidence: summarise(summed),
    inForce: summarise(answers),
    oracle: mean(oracle),
  }));
}
