import { expect, test } from 'vitest';
import { couldBeId, shortId, wholeId } from '../../src/cli/short-ids.ts';
import { Scenario } from '../support/scenario.ts';

const now = '2026-02-06T12:00:00.000Z';

function place() {
  const s = new Scenario();
  for (const description of ['One', 'Two', 'Three']) s.queue(description);
  return { state: s.state, now };
}

test.each([
  ['task-2026-02-06-002', 'task-2026-02-06-002'],
  ['TASK-2026-02-06-002', 'task-2026-02-06-002'],
  ['2026-02-06-002', 'task-2026-02-06-002'],
  ['02-06-002', 'task-2026-02-06-002'],
  ['002', 'task-2026-02-06-002'],
  [' 06-003 ', 'task-2026-02-06-003'],
])('%s is %s', (typed, id) => {
  expect(wholeId(typed, ['task'], place())).toBe(id);
});

test('what no task ends with is refused with what comes near', () => {
  expect(() => wholeId('02-06-099', ['task'], place())).toThrow('"02-06-099" is not a task.');
});

test('a whole id that does not exist is left to the tool', () => {
  expect(wholeId('task-2020-01-01-001', ['task'], place())).toBe('task-2020-01-01-001');
});

test('an ending of several is refused with all of them, unless one is of today', () => {
  const s = new Scenario();
  s.queue('Yesterday');
  s.pass(24 * 60);
  const today = s.queue('Today').task_id;
  const later = { state: s.state, now: `${today.slice(5, 15)}T12:00:00.000Z` };
  expect(wholeId('001', ['task'], later)).toBe(today);
  expect(() => wholeId('001', ['task'], { ...later, now: '2030-01-01T00:00:00.000Z' })).toThrow('could be any of 2');
});

test('digits and dashes are an id, words are not', () => {
  expect(['001', '11-28-001', 'task-2026-02-06-001', 'Vote-1'].map(couldBeId)).toEqual([true, true, true, true]);
  expect(['moot', 'no 1', '-', 'task-', '1 degree'].map(couldBeId)).toEqual([false, false, false, false, false]);
});

test('ids of this year are shown without it', () => {
  expect(shortId('task-2026-02-06-001', now)).toBe('02-06-001');
  expect(shortId('task-2025-02-06-001', now)).toBe('2025-02-06-001');
});
