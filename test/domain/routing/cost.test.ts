import { describe, expect, test } from 'vitest';
import { cheaperWithin } from '../../../src/domain/routing/cost.ts';

const contenders = [
  { agent: 'dear', confidence: 0.9 },
  { agent: 'fair', confidence: 0.88 },
  { agent: 'cheap', confidence: 0.87 },
  { agent: 'free', confidence: 0.6 },
];
const costs = new Map([
  ['dear', 1],
  ['fair', 0.4],
  ['cheap', 0.1],
  ['free', 0],
]);

describe('the cheaper of nearly equal agents', () => {
  test('is the cheapest within the margin, exactly at the margin too', () => {
    expect(cheaperWithin(contenders, costs, 0.03)).toEqual({
      agent: 'cheap',
      cost: 0.1,
      instead_of: 'dear',
      its_cost: 1,
      given_up: expect.closeTo(0.03, 9),
    });
    expect(cheaperWithin(contenders, costs, 0.02)?.agent).toBe('fair');
  });

  test('is nobody where none within the margin is cheaper', () => {
    expect(cheaperWithin(contenders, costs, 0.01)).toBeNull();
    expect(cheaperWithin(contenders, new Map([...costs, ['dear', 0.05]]), 0.03)).toBeNull();
    expect(cheaperWithin([], costs, 0.03)).toBeNull();
  });

  test('is nobody of whom no cost is known, nor anybody where that of the first one is not', () => {
    expect(cheaperWithin(contenders, new Map([...costs].filter(([agent]) => agent !== 'cheap')), 0.03)?.agent).toBe(
      'fair',
    );
    expect(cheaperWithin(contenders, new Map([['cheap', 0.1]]), 0.03)).toBeNull();
  });
});
