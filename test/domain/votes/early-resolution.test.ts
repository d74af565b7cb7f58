import { describe, expect, test } from 'vitest';
import { settleEarly } from '../../../src/domain/votes/early-resolution.ts';
import { ballot, judgementOf, pollOf, unjudged } from '../../support/votes.ts';

const agents = ['a', 'b', 'c', 'd', 'e'];
const low = pollOf(['x', 'y'], agents, { stakes: 'low' });
const four = agents.slice(0, 4).map((agent) => ballot(agent, 'x', 950));

describe('a vote of low stakes', () => {
  test('is settled when the last voter can change nothing', () => {
    expect(settleEarly(low, four, unjudged)).toEqual({ status: 'decided', choice: 'x' });
  });

  test('stays open while the last voters could take the majority', () => {
    expect(settleEarly(low, four.slice(0, 2), unjudged)).toBeNull();
  });

  test('stays open while the last voter could pull the mean confidence below 0.70', () => {
    const at = (confidence: number) =>
      settleEarly(
        low,
        four.map((one) => ({ ...one, confidence })),
        unjudged,
      );
    // Four of 0.875 and one of 0 are 0.70 on average.
    expect(at(875)).toEqual({ status: 'decided', choice: 'x' });
    expect(at(874)).toBeNull();
  });

  test('stays open while it would escalate, since the rest may still decide it', () => {
    expect(settleEarly(low, [ballot('a', 'x'), ballot('b', 'y')], unjudged)).toBeNull();
    expect(settleEarly(low, [], unjudged)).toBeNull();
  });

  test('is settled by a block, which no further ballot lifts', () => {
    const blocked = [ballot('a', 'x', 900, { block: true })];
    expect(settleEarly(low, blocked, unjudged)).toEqual({ status: 'escalated', reason: 'blocked' });
  });

  test('is settled when everybody has voted', () => {
    const tied = pollOf(['x', 'y'], ['a', 'b'], { stakes: 'low' });
    expect(settleEarly(tied, [ballot('a', 'x'), ballot('b', 'y')], unjudged)).toEqual({
      status: 'escalated',
      reason: 'tie',
    });
  });

  test('stays open while the calibrated probability could still fall below 0.85', () => {
    const three = four.map((one, place) => (place < 3 ? one : { ...one, choice: 'abstain' }));
    const lastBeing = (e: number) => settleEarly(low, three, judgementOf({ a: 0.75, b: 0.75, c: 0.75, e }));
    expect(lastBeing(0.6)).toEqual({ status: 'decided', choice: 'x' });
    // The majority would hold against it, the probability would not.
    expect(lastBeing(0.95)).toBeNull();
  });

  test('can be settled early when ranked or approved', () => {
    for (const method of ['ranked', 'approval'] as const) {
      expect(settleEarly({ ...low, method }, four, unjudged)).toEqual({ status: 'decided', choice: 'x' });
      expect(settleEarly({ ...low, method }, four.slice(0, 2), unjudged)).toBeNull();
    }
  });
});

test.each(['normal', 'high'] as const)('a vote of %s stakes waits for everybody', (stakes) => {
  expect(settleEarly({ ...low, stakes }, four, unjudged)).toBeNull();
});
