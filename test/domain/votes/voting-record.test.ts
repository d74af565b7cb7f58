import { describe, expect, test } from 'vitest';
import {
  changeVotingRecord,
  emptyVotingRecord,
  judgeBallots,
  lambdaOf,
  lambdaParts,
  readVotingRecord,
  type VotingRecord,
} from '../../../src/domain/votes/voting-record.ts';
import { ballot, pollOf } from '../../support/votes.ts';

const agents = ['a', 'b', 'c', 'd'];
const poll = {
  ...pollOf(['x', 'y', 'z'], agents, { topic: 'api' }),
  eligible: agents.map((agent) => ({ agent, family: agent < 'c' ? 'one' : null })),
};

/** Judges a vote in which the agents at these places chose wrongly, alike. */
function judge(record: VotingRecord, wrong: readonly number[]): VotingRecord {
  const ballots = agents.map((agent, place) => ballot(agent, wrong.includes(place) ? 'y' : 'x', 900));
  return changeVotingRecord(record, judgeBallots(poll, ballots, 'x', readVotingRecord(record)), 1);
}

function history(votes: number, wrongIn: (vote: number) => readonly number[]): VotingRecord {
  let record = emptyVotingRecord;
  for (let vote = 0; vote < votes; vote += 1) record = judge(record, wrongIn(vote));
  return record;
}

test('λ rises from 0 at 5 judged votes to 1 at 25', () => {
  expect([0, 5, 6, 15, 25, 1000].map((votes) => lambdaOf(votes) / lambdaParts)).toEqual([0, 0, 1 / 20, 0.5, 1, 1]);
});

test('an abstention teaches nothing about its agent', () => {
  const ballots = [ballot('a', 'x'), ballot('b', 'abstain', 0)];
  const judged = judgeBallots(poll, ballots, 'x', readVotingRecord(emptyVotingRecord));
  expect(judged.ballots).toEqual([{ agent: 'a', topic: 'api', confidence: 800, right: true }]);
});

test('where nothing offered was right, every ballot was wrong', () => {
  const ballots = agents.map((agent) => ballot(agent, 'x'));
  const judged = judgeBallots(poll, ballots, 'none of these', readVotingRecord(emptyVotingRecord));
  expect(judged.ballots.map(({ right }) => right)).toEqual([false, false, false, false]);
});

test('a judgement can be taken back exactly', () => {
  const before = history(45, (vote) => (vote % 3 === 0 ? [0, 1] : []));
  const ballots = agents.map((agent, place) => ballot(agent, place === 3 ? 'z' : 'x', 700 + place));
  const judged = judgeBallots(poll, ballots, 'x', readVotingRecord(before));
  expect(changeVotingRecord(changeVotingRecord(before, judged, 1), judged, -1)).toEqual(before);
});

test('the record and a judgement survive JSON', () => {
  const record = history(40, (vote) => (vote % 4 === 0 ? [2] : []));
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  const judged = judgeBallots(poll, [ballot('a', 'x')], 'x', readVotingRecord(record));
  expect(JSON.parse(JSON.stringify(judged))).toEqual(judged);
});

describe('what is learned', () => {
  test('a family that errs together is discounted, others are not', () => {
    const judgement = readVotingRecord(history(100, (vote) => (vote % 4 === 0 ? [0, 1] : [])));
    expect(judgement.excess('one')).toBeGreaterThan(0.4);
    expect(judgement.excess('another')).toBe(0);
  });

  test('agents that all err together count as less independent than those that err by turns', () => {
    const together = readVotingRecord(history(120, (vote) => (vote % 4 === 0 ? [0, 1, 2, 3] : [])));
    const byTurns = readVotingRecord(history(120, (vote) => [vote % 4]));
    expect(together.independence).toBeLessThan(0.5);
    expect(byTurns.independence).toBeGreaterThan(0.9);
  });

  test('an agent is proven by 100 judged ballots of its own', () => {
    const judgement = readVotingRecord(history(100, () => []));
    expect(judgement.isProven('a')).toBe(true);
    expect(readVotingRecord(history(99, () => [])).isProven('a')).toBe(false);
    expect(judgement.isProven('newcomer')).toBe(false);
  });

  test('before anything is judged, agents count as independent', () => {
    expect(readVotingRecord(emptyVotingRecord).independence).toBe(1);
  });
});
