import { describe, expect, test } from 'vitest';
import {
  changeIn,
  type Course,
  emptyCourse,
  sinceChange,
  countsOf,
  withOutcome,
  withSentBack,
} from '../../../src/domain/routing/change.ts';

function after(outcomes: string, course: Course = emptyCourse): Course {
  return outcomes.split('').reduce((sum, one) => withOutcome(sum, one === 's'), course);
}

describe('a change', () => {
  test('is 5 failures of the last 6 by an agent that failed 2 of 40 before', () => {
    const before = after(`${'s'.repeat(10)}f${'s'.repeat(10)}f${'s'.repeat(18)}`);
    expect(changeIn(after('ffsff', before))).toBeNull();
    expect(changeIn(after('ffsfff', before))).toEqual({ failed: 5, of: 6, before: { failed: 2, of: 40 } });
  });

  test.each([30, 200, 1000])('shows after %d successes with the third failure in a row', (successes) => {
    const course = after('s'.repeat(successes));
    const noticed =
      [1, 2, 3, 4, 5, 6].findIndex((failures) => changeIn(after('f'.repeat(failures), course)) !== null) + 1;
    expect(noticed).toBe(3);
  });

  test('is not a run of bad luck', () => {
    expect(changeIn(after('ff', after('s'.repeat(30))))).toBeNull();
    expect(changeIn(after('fff', after('ssfsssfsssfsssfsssfs')))).toBeNull();
  });

  test('is not to fail from the start, nor to become better', () => {
    expect(changeIn(after('f'.repeat(12)))).toBeNull();
    expect(changeIn(after('s'.repeat(10), after('f'.repeat(30))))).toBeNull();
  });

  test('is seen once: afterwards the newest outcomes are what the agent is measured by', () => {
    const course = after('fff', after('s'.repeat(200)));
    const change = changeIn(course);
    expect(change).not.toBeNull();
    if (change === null) return;
    const since = sinceChange(course, change);
    expect(countsOf(since)).toEqual({ successes: 0, failures: 3 });
    expect(changeIn(after('f'.repeat(20), since))).toBeNull();
  });
});

test('a course counts what has left its newest outcomes, and what was sent back', () => {
  const course = after('f'.repeat(3) + 's'.repeat(12));
  expect(countsOf(course)).toEqual({ successes: 12, failures: 3 });
  expect(countsOf(withSentBack(course))).toEqual({ successes: 11, failures: 4 });
  expect(countsOf(withSentBack(emptyCourse))).toEqual({ successes: 0, failures: 1 });
});
