import { describe, expect, test } from 'vitest';
import {
  betaCumulative,
  betaQuantile,
  evidenceBonus,
  planBonus,
  OutcomeCounter,
} from '../../src/routing/outcome-counts.ts';

describe('the incomplete beta function', () => {
  test('agrees with closed forms', () => {
    expect(betaCumulative(0.3, 1, 1)).toBeCloseTo(0.3, 10);
    expect(betaCumulative(0.3, 3, 1)).toBeCloseTo(0.3 ** 3, 10);
    expect(betaCumulative(0.3, 1, 4)).toBeCloseTo(1 - 0.7 ** 4, 10);
    expect(betaCumulative(0.5, 8, 8)).toBeCloseTo(0.5, 10);
  });

  test('is inverted by the quantile', () => {
    for (const [a, b] of [
      [1, 1],
      [20, 2],
      [7, 15],
      [500, 30],
    ] as const) {
      for (const p of [0.1, 0.5, 0.9]) expect(betaCumulative(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 6);
    }
  });
});

describe('the bonus from evidence', () => {
  test('boosts 19 of 20, leaves 12 of 20, penalises 6 of 20', () => {
    expect(evidenceBonus({ successes: 19, failures: 1 })).toBe(0.05);
    expect(evidenceBonus({ successes: 12, failures: 8 })).toBe(0);
    expect(evidenceBonus({ successes: 6, failures: 14 })).toBe(-0.05);
  });

  test('does not take six successes of six for more than luck', () => {
    expect(evidenceBonus({ successes: 6, failures: 0 })).toBe(0);
  });

  test('waits for more than five outcomes', () => {
    expect(evidenceBonus({ successes: 0, failures: 5 })).toBe(0);
    expect(evidenceBonus({ successes: 0, failures: 6 })).toBe(-0.05);
  });
});

test('the bonus of the plan is a tenth of the success rate above 0.80', () => {
  expect(planBonus({ successes: 9, failures: 1 })).toBeCloseTo(0.01);
  expect(planBonus({ successes: 0, failures: 3 })).toBeCloseTo(-0.08);
  expect(planBonus({ successes: 0, failures: 0 })).toBe(0);
});

test('work sent back moves a success to the failures, and none where there is none', () => {
  const counts = new OutcomeCounter();
  counts.add('kimi', 'testing', true);
  counts.add('kimi', 'review', true);
  for (let times = 0; times < 3; times += 1) counts.sendBack('kimi', 'testing');
  counts.sendBack('nobody', null);
  expect(counts.get('kimi', 'testing')).toEqual({ successes: 0, failures: 1 });
  expect(counts.get('kimi', null)).toEqual({ successes: 0, failures: 2 });
  expect(counts.get('kimi', 'review')).toEqual({ successes: 1, failures: 0 });
});

test('outcomes are counted by type and in all', () => {
  const counts = new OutcomeCounter();
  counts.add('kimi', 'testing', true);
  counts.add('kimi', null, false);
  expect(counts.get('kimi', 'testing')).toEqual({ successes: 1, failures: 0 });
  expect(counts.get('kimi', null)).toEqual({ successes: 1, failures: 1 });
  expect(counts.get('claude', null)).toEqual({ successes: 0, failures: 0 });
});
