import { describe, expect, test } from 'vitest';
import { tally } from '../../../src/domain/votes/tally.ts';
import { logOddsWeight, sumCalibrated } from '../../../src/domain/votes/weights.ts';
import { ballot, judgementOf, pollOf, unjudged } from '../../support/votes.ts';

describe('the weight of a ballot', () => {
  test('is its log-odds against one wrong option', () => {
    expect(logOddsWeight(0.8, 2)).toBe(Math.round(1e6 * Math.log(4)));
    expect(logOddsWeight(0.8, 3)).toBe(Math.round(1e6 * Math.log(8)));
  });

  test('is 0 at chance and below, never less', () => {
    expect(logOddsWeight(1 / 3, 3)).toBe(0);
    expect(logOddsWeight(0.01, 3)).toBe(0);
    expect(logOddsWeight(0, 2)).toBe(0);
  });

  test('takes nobody as surer than 0.98', () => {
    expect(logOddsWeight(1, 3)).toBe(logOddsWeight(0.98, 3));
  });
});

describe('the blend', () => {
  const poll = pollOf(['x', 'y'], ['a', 'b', 'c', 'd', 'e']);
  // Plain: y leads with 2.55 of 4.35. Calibrated: x does, its agents being right far more often.
  const ballots = [
    ...['a', 'b'].map((agent) => ballot(agent, 'x', 900)),
    ...['c', 'd', 'e'].map((agent) => ballot(agent, 'y', 850)),
  ];
  const probabilities = { a: 0.9, b: 0.9, c: 0.6, d: 0.6, e: 0.6 };

  test('has only the plain count at 5 judged votes, and shows both', () => {
    const result = tally(poll, ballots, judgementOf(probabilities, { judged_votes: 5 }));
    expect(result).toMatchObject({ lambda: 0, leader: 'y', probability_needed: null });
    expect(result.verdict).toEqual({ status: 'decided', choice: 'y' });
    expect(result.calibrated.options[0]?.share).toBeGreaterThan(0.5);
  });

  test('has half of each at 15 judged votes', () => {
    const result = tally(poll, ballots, judgementOf(probabilities, { judged_votes: 15 }));
    expect(result.lambda).toBe(0.5);
    const plain = result.plain.options[0]?.share ?? 0;
    const calibrated = result.calibrated.options[0]?.share ?? 0;
    expect(result.in_force[0]?.share).toBeCloseTo((plain + calibrated) / 2, 8);
  });

  test('has only the calibrated count from 25 judged votes on', () => {
    for (const judged_votes of [25, 5000]) {
      const result = tally(poll, ballots, judgementOf(probabilities, { judged_votes }));
      expect(result).toMatchObject({ lambda: 1, leader: 'x', probability_needed: 0.85 });
    }
  });

  test('needs a calibrated probability of exactly 0.85 as soon as it has any say', () => {
    const pair = pollOf(['x', 'y'], ['a', 'b']);
    const agreeing = [ballot('a', 'x', 900), ballot('b', 'x', 900)];
    // Two equal ballots of weight ½·ln(0.85/0.15) give 0.85.
    const exact = 1 / (1 + Math.sqrt(0.15 / 0.85));
    const verdictAt = (p: number, judged_votes: number) =>
      tally(pair, agreeing, judgementOf({ a: p, b: p }, { judged_votes }));
    expect(verdictAt(exact, 6).probability).toBe(0.85);
    expect(verdictAt(exact, 6).verdict.status).toBe('decided');
    expect(verdictAt(exact - 0.00001, 6).verdict).toEqual({ status: 'escalated', reason: 'low-confidence' });
    expect(verdictAt(exact - 0.00001, 5).verdict.status).toBe('decided');
  });

  test('still needs a plain mean confidence of 0.70', () => {
    const pair = pollOf(['x', 'y'], ['a', 'b']);
    const judgement = judgementOf({ a: 0.95, b: 0.95 });
    const verdictAt = (c: number) => tally(pair, [ballot('a', 'x', c), ballot('b', 'x', c)], judgement).verdict;
    expect(verdictAt(700).status).toBe('decided');
    expect(verdictAt(699)).toEqual({ status: 'escalated', reason: 'low-confidence' });
  });

  test('without any calibrated weight nobody wins', () => {
    const result = tally(poll, ballots, judgementOf({ a: 0.4, b: 0.4, c: 0.4, d: 0.4, e: 0.4 }));
    expect(result.leader).toBeNull();
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
  });

  test('agents known to err together make the same lead less probable', () => {
    const poll5 = pollOf(['x', 'y', 'z'], ['a', 'b', 'c']);
    const all = ['a', 'b', 'c'].map((agent) => ballot(agent, 'x'));
    const probabilityAt = (independence: number) =>
      tally(poll5, all, judgementOf({ a: 0.7, b: 0.7, c: 0.7 }, { independence })).probability ?? 0;
    expect(probabilityAt(0.5)).toBeLessThan(probabilityAt(1));
  });
});

describe('the family discount', () => {
  const weight = 1_000_000;
  const one = { family: 'one', proven: true, weight, choice: 0, columns: [0] };

  test('counts the k-th largest ballot of a family for one choice (1 − ρ)^(k−1)', () => {
    const ballots = [{ ...one, weight: 2 * weight }, one, { ...one, weight: 4 * weight }];
    const { weights } = sumCalibrated(
      [...ballots, { family: null, proven: true, weight: 9 * weight, choice: 1, columns: [1] }],
      2,
      () => 0.5,
    );
    expect(weights[0]).toBe(4 * weight + weight + weight / 4);
  });

  test('does not touch ballots for different choices, of other families, or of none', () => {
    const ballots = [
      one,
      { ...one, choice: 1, columns: [1] },
      { ...one, family: 'two' },
      { ...one, family: null },
      { ...one, family: null },
    ];
    expect(sumCalibrated(ballots, 2, () => 1).weights).toEqual([4 * weight, weight]);
  });

  test('can turn a result: three of a family that always err together are one voice', () => {
    const poll = {
      ...pollOf(['x', 'y'], []),
      eligible: [
        ...['a', 'b', 'c'].map((agent) => ({ agent, family: 'one' })),
        ...['d', 'e'].map((agent) => ({ agent, family: null })),
      ],
    };
    const ballots = [...['a', 'b', 'c'].map((agent) => ballot(agent, 'x')), ballot('d', 'y'), ballot('e', 'y')];
    const probabilities = { a: 0.8, b: 0.8, c: 0.8, d: 0.8, e: 0.8 };
    expect(tally(poll, ballots, judgementOf(probabilities)).leader).toBe('x');
    expect(tally(poll, ballots, judgementOf(probabilities, { excess: () => 0.9 })).leader).toBe('y');
  });
});

describe('the cap', () => {
  const poll = pollOf(['x', 'y'], ['a', 'b', 'c']);
  const opposed = [ballot('a', 'x'), ballot('b', 'y'), ballot('c', 'y')];
  const expert = { a: 0.98, b: 0.6, c: 0.6 };

  test('where ballots are opposed, no agent weighs more than the sum of the others', () => {
    const result = tally(poll, opposed, judgementOf(expert));
    const [a = 0, b = 0, c = 0] = result.calibrated.ballots.map((one) => one.weight);
    expect(a).toBeCloseTo(b + c, 9);
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'tie' });
  });

  test('does not hold an agent with 100 judged ballots: a proven expert decides against two that hardly know', () => {
    const result = tally(poll, opposed, judgementOf(expert, { isProven: (agent) => agent === 'a' }));
    expect(result.verdict).toEqual({ status: 'decided', choice: 'x' });
  });

  test('does not touch agreement: three that agree are as sure as Bayes says', () => {
    const agreeing = ['a', 'b', 'c'].map((agent) => ballot(agent, 'x', 900));
    const result = tally(poll, agreeing, judgementOf({ a: 0.9, b: 0.57, c: 0.57 }));
    expect(result.probability).toBeCloseTo(0.94, 2);
    expect(result.verdict).toEqual({ status: 'decided', choice: 'x' });
  });

  test('a sole ballot keeps its weight', () => {
    const pair = pollOf(['x', 'y'], ['a', 'b'], { quorum: 1 });
    const result = tally(pair, [ballot('a', 'x')], judgementOf({ a: 0.9 }));
    expect(result.verdict).toEqual({ status: 'decided', choice: 'x' });
  });
});

test('an unjudged federation takes confidence at its word in the calibrated count', () => {
  const result = tally(pollOf(['x', 'y'], ['a', 'b']), [ballot('a', 'x', 800), ballot('b', 'y', 600)], unjudged);
  expect(result.calibrated.ballots.map(({ probability }) => probability)).toEqual(
    [0.8, 0.6].map((p) => expect.closeTo(p, 9)),
  );
});
