import { expect, test } from 'vitest';
import {
  changeFamilies,
  emptyFamilies,
  excessAgreement,
  type FamilyRecord,
  observeFamilies,
} from '../../../src/domain/votes/families.ts';

/** Judged votes of two of one family and a third; `choices` are the three agents' choices, `x` is right. */
function judged(
  times: number,
  choices: readonly [string, string, string],
  record: FamilyRecord = emptyFamilies,
): FamilyRecord {
  const families = ['one', 'one', 'two'];
  const part = observeFamilies(
    choices.map((choice, place) => ({ family: families[place] ?? null, choice, probability: 0.7 })),
    'x',
    3,
  );
  let sum = record;
  for (let time = 0; time < times; time += 1) sum = changeFamilies(sum, part, 1);
  return sum;
}

test('an unjudged family has no excess', () => {
  expect(excessAgreement(emptyFamilies, 'one')).toBe(0);
});

test('a family that makes the same mistakes has an excess, larger the more is judged', () => {
  // 30% of votes: both of the family wrong alike, the third right.
  const few = judged(3, ['y', 'y', 'x'], judged(7, ['x', 'x', 'x']));
  const many = judged(90, ['y', 'y', 'x'], judged(210, ['x', 'x', 'x']));
  expect(excessAgreement(few, 'one')).toBeGreaterThan(0);
  expect(excessAgreement(few, 'one')).toBeLessThan(0.25);
  expect(excessAgreement(many, 'one')).toBeGreaterThan(0.8);
  expect(excessAgreement(many, 'one')).toBeLessThanOrEqual(1);
});

test('different mistakes are no agreement', () => {
  expect(excessAgreement(judged(100, ['y', 'z', 'x']), 'one')).toBe(0);
});

test('a mistake that all agents share is no excess of a family', () => {
  const shared = judged(30, ['y', 'y', 'y'], judged(70, ['x', 'x', 'x']));
  expect(excessAgreement(shared, 'one')).toBeLessThan(0.1);
});

test('taking back what was added leaves the record as it was', () => {
  const before = judged(5, ['y', 'y', 'x']);
  const part = observeFamilies(
    ['y', 'z'].map((choice) => ({ family: 'three', choice, probability: 0.61 })),
    'x',
    4,
  );
  expect(changeFamilies(changeFamilies(before, part, 1), part, -1)).toEqual(before);
});

test('agents of no family are not of one family', () => {
  const part = observeFamilies(
    ['y', 'y'].map((choice) => ({ family: null, choice, probability: 0.6 })),
    'x',
    3,
  );
  expect(part.families).toEqual({});
  expect(part.across.observed).toBe(1_000_000);
});
