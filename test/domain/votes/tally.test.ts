import { describe, expect, test } from 'vitest';
import { tally } from '../../../src/domain/votes/tally.ts';
import { toThousandths } from '../../../src/domain/votes/vote.ts';
import { ballot, judgementOf, pollOf, unjudged } from '../../support/votes.ts';

const three = ['claude', 'copilot', 'kimi'];

describe('the cases of the plan', () => {
  const routers = pollOf(['app-router', 'pages-router'], three);

  test('two confident ballots decide against one', () => {
    const result = tally(
      routers,
      [ballot('claude', 'app-router', 850), ballot('copilot', 'app-router', 900), ballot('kimi', 'pages-router', 700)],
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'decided', choice: 'app-router' });
    expect(result.plain).toEqual({
      total: 2.45,
      options: [
        { option: 'app-router', weight: 1.75, share: 1750 / 2450 },
        { option: 'pages-router', weight: 0.7, share: 700 / 2450 },
      ],
    });
    expect(result.mean_confidence).toBe(0.875);
    expect(result.lambda).toBe(0);
  });

  test('python with 1.60 wins against typescript with 0.80', () => {
    const result = tally(
      pollOf(['python', 'typescript'], three),
      [ballot('claude', 'python', 900), ballot('copilot', 'python', 700), ballot('kimi', 'typescript', 800)],
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'decided', choice: 'python' });
  });

  test('one against one, equally confident, is a tie', () => {
    const result = tally(routers, [ballot('claude', 'app-router'), ballot('kimi', 'pages-router')], unjudged);
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'tie' });
    expect(result.leader).toBeNull();
  });

  test('one ballot does not make a quorum of two', () => {
    const result = tally(routers, [ballot('claude', 'app-router', 1000)], unjudged);
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-quorum' });
    expect(result.leader).toBe('app-router');
  });

  test.each([
    [690, 690, 'escalated'],
    [699, 699, 'escalated'],
    [699, 700, 'escalated'],
    [700, 700, 'decided'],
    [500, 900, 'decided'],
    [500, 899, 'escalated'],
  ])('a winner with confidences %d and %d of a thousand is %s', (one, other, status) => {
    const result = tally(routers, [ballot('claude', 'app-router', one), ballot('kimi', 'app-router', other)], unjudged);
    expect(result.verdict.status).toBe(status);
    if (status === 'escalated') expect(result.verdict).toMatchObject({ reason: 'low-confidence' });
  });

  test('a mean of exactly 0.70 passes where floating point sums would miss it', () => {
    // 0.1 + 0.7 + 0.9 + 0.9 + 0.9 is 3.5 only in exact arithmetic.
    const agents = ['a', 'b', 'c', 'd', 'e'];
    const confidences = [0.1, 0.7, 0.9, 0.9, 0.9];
    const result = tally(
      pollOf(['x', 'y'], agents),
      agents.map((agent, place) => ballot(agent, 'x', toThousandths(confidences[place] ?? 0))),
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'decided', choice: 'x' });
  });
});

describe('reasons to escalate', () => {
  const poll = pollOf(['x', 'y', 'z'], ['a', 'b', 'c', 'd']);

  test('half of the weight is not more than half', () => {
    const result = tally(poll, [ballot('a', 'x', 900), ballot('b', 'y', 500), ballot('c', 'z', 400)], unjudged);
    expect(result.leader).toBe('x');
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
  });

  test('a block comes before every other reason', () => {
    const blocked = ballot('a', 'x', 100, { block: true });
    expect(tally(poll, [blocked], unjudged).verdict).toEqual({ status: 'escalated', reason: 'blocked' });
  });

  test('an abstaining agent can block', () => {
    const ballots = [ballot('a', 'x'), ballot('b', 'x'), ballot('c', 'abstain', 0, { block: true })];
    expect(tally(poll, ballots, unjudged).verdict).toEqual({ status: 'escalated', reason: 'blocked' });
  });

  test('abstaining does not count for the quorum and carries no weight', () => {
    const ballots = [ballot('a', 'x', 900), ballot('b', 'abstain', 1000), ballot('c', 'abstain', 1000)];
    const result = tally(poll, ballots, unjudged);
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-quorum' });
    expect(result).toMatchObject({ counted: 1, abstained: 2, plain: { total: 0.9 } });
  });

  test('high stakes are never decided, and said last', () => {
    const high = { ...poll, stakes: 'high' as const };
    const sure = [ballot('a', 'x', 900), ballot('b', 'x', 900)];
    const unsure = [ballot('a', 'x', 600), ballot('b', 'x', 600)];
    expect(tally(high, sure, unjudged).verdict).toEqual({ status: 'escalated', reason: 'high-stakes' });
    expect(tally(high, unsure, unjudged).verdict).toEqual({ status: 'escalated', reason: 'low-confidence' });
  });

  test('no ballots, and ballots without any confidence, decide nothing', () => {
    expect(tally(poll, [], unjudged).verdict).toEqual({ status: 'escalated', reason: 'no-quorum' });
    const empty = [ballot('a', 'x', 0), ballot('b', 'x', 0)];
    expect(tally(poll, empty, unjudged).verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
  });
});

describe('majority', () => {
  const poll = pollOf(['x', 'y'], three, { method: 'majority' });

  test('counts heads, whatever their confidence', () => {
    const ballots = [ballot('claude', 'x', 700), ballot('copilot', 'x', 700), ballot('kimi', 'y', 1000)];
    const result = tally(poll, ballots, unjudged);
    expect(result.plain).toMatchObject({ total: 3, options: [{ weight: 2 }, { weight: 1 }] });
    expect(result.verdict).toEqual({ status: 'decided', choice: 'x' });
  });

  test('stays one ballot one vote when calibration has its full say, which then must agree', () => {
    const ballots = [ballot('claude', 'x'), ballot('copilot', 'x'), ballot('kimi', 'y')];
    const against = tally(poll, ballots, judgementOf({ claude: 0.55, copilot: 0.55, kimi: 0.95 }));
    expect(against.leader).toBe('x');
    expect(against.in_force).toEqual([
      { option: 'x', share: expect.closeTo(2 / 3, 8) },
      { option: 'y', share: expect.closeTo(1 / 3, 8) },
    ]);
    expect(against.verdict).toEqual({ status: 'escalated', reason: 'low-confidence' });
    const agreeing = tally(poll, ballots, judgementOf({ claude: 0.9, copilot: 0.9, kimi: 0.6 }));
    expect(agreeing.verdict).toEqual({ status: 'decided', choice: 'x' });
  });
});

describe('approval', () => {
  const poll = pollOf(['x', 'y', 'z'], three, { method: 'approval' });

  test('an approved compromise wins where first choices are split', () => {
    const ballots = [
      ballot('claude', 'x', 800, { also: ['y'] }),
      ballot('copilot', 'z', 800, { also: ['y'] }),
      ballot('kimi', 'y', 800),
    ];
    const result = tally(poll, ballots, unjudged);
    expect(result.in_force.map(({ share }) => share)).toEqual([1 / 3, 1, 1 / 3].map((x) => expect.closeTo(x, 8)));
    expect(result.verdict).toEqual({ status: 'decided', choice: 'y' });
  });

  test('the most approved needs more than half of the ballot weight', () => {
    const ballots = [
      ballot('claude', 'x', 800),
      ballot('copilot', 'z', 900),
      ballot('kimi', 'y', 800, { also: ['x'] }),
    ];
    expect(tally(poll, ballots, unjudged).verdict).toEqual({ status: 'decided', choice: 'x' });
    const alone = [ballots[0], ballots[1], ballot('kimi', 'y', 800)].filter((one) => one !== undefined);
    expect(tally(poll, alone, unjudged).verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
  });

  test('two options approved alike are a tie, even with more than half each', () => {
    const both = { also: ['y'] };
    const ballots = [ballot('claude', 'x', 800, both), ballot('copilot', 'x', 900, both)];
    expect(tally(poll, ballots, unjudged).verdict).toEqual({ status: 'escalated', reason: 'tie' });
  });

  test('naming an option twice approves it once', () => {
    const ballots = [ballot('claude', 'x', 800, { also: ['x', 'x'] }), ballot('kimi', 'y', 900)];
    expect(tally(poll, ballots, unjudged).plain.options[0]?.weight).toBe(0.8);
  });
});

describe('ranked', () => {
  const poll = pollOf(['x', 'y', 'z'], three, { method: 'ranked' });
  const rank = (agent: string, confidence: number, first: string, ...also: string[]) =>
    ballot(agent, first, confidence, { also });

  test('the option that beats each other one wins', () => {
    const result = tally(
      poll,
      [rank('claude', 800, 'x', 'y', 'z'), rank('copilot', 800, 'y', 'z', 'x'), rank('kimi', 800, 'y', 'x', 'z')],
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'decided', choice: 'y' });
    expect(result.cycle).toBeNull();
  });

  test('a Condorcet cycle escalates and is shown in order of preference', () => {
    const result = tally(
      poll,
      [rank('claude', 900, 'x', 'y', 'z'), rank('copilot', 800, 'y', 'z', 'x'), rank('kimi', 700, 'z', 'x', 'y')],
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
    expect(['x,y,z', 'y,z,x', 'z,x,y']).toContain(result.cycle?.join(','));
  });

  test('a cycle of equal weights is a tie', () => {
    const result = tally(
      poll,
      [rank('claude', 800, 'x', 'y', 'z'), rank('copilot', 800, 'y', 'z', 'x'), rank('kimi', 800, 'z', 'x', 'y')],
      unjudged,
    );
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'tie' });
    expect(result.cycle).toHaveLength(3);
  });

  test('ballots that rank neither of two options count against both', () => {
    const result = tally(poll, [rank('claude', 900, 'x'), rank('copilot', 800, 'y'), rank('kimi', 800, 'z')], unjudged);
    expect(result.in_force[0]?.share).toBeCloseTo(900 / 2500, 8);
    expect(result.leader).toBeNull();
    expect(result.cycle).toBeNull();
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'no-majority' });
  });

  test('a winner that nobody put first has no confidence of its own', () => {
    const poll4 = pollOf(['w', 'x', 'y', 'z'], three, { method: 'ranked' });
    const ballots = [rank('claude', 900, 'x', 'w'), rank('copilot', 900, 'y', 'w'), rank('kimi', 900, 'z', 'w')];
    const result = tally(poll4, ballots, unjudged);
    expect(result.leader).toBe('w');
    expect(result.mean_confidence).toBeNull();
    expect(result.verdict).toEqual({ status: 'escalated', reason: 'low-confidence' });
  });
});

describe('what callers must have refused', () => {
  const poll = pollOf(['x', 'y'], ['a', 'b']);

  test.each([
    ['a second ballot of an agent', [ballot('a', 'x'), ballot('a', 'y')]],
    ['a ballot of an agent that is not eligible', [ballot('stranger', 'x')]],
    ['a choice that is no option', [ballot('a', 'q')]],
  ])('%s is an error, not a count', (_, ballots) => {
    expect(() => tally(poll, ballots, unjudged)).toThrow(RangeError);
  });

  test.each([-0.001, 1.001, Number.NaN, Number.POSITIVE_INFINITY])('a confidence of %d is refused', (confidence) => {
    expect(() => toThousandths(confidence)).toThrow('Expected confidence to be a number from 0 to 1');
  });

  test('a confidence is kept to the nearest thousandth', () => {
    expect([0, 0.29, 0.57, 0.7, 0.6994, 0.6996, 1].map(toThousandths)).toEqual([0, 290, 570, 700, 699, 700, 1000]);
  });
});
