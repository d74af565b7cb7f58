/** The bar on standard error: as wide as the terminal lets it be, and gone at the end. */
import { expect, test } from 'vitest';
import { progressOf } from '../../src/cli/progress.ts';

function drawn(width: number | null, states: readonly (readonly [number, number])[]): string[] {
  const written: string[] = [];
  const progress = progressOf(
    { errorTerminal: { width, colour: false }, err: (text) => void written.push(text) },
    'training',
  );
  for (const [done, total] of states) progress.show(done, total);
  progress.end();
  return written.map((text) => text.replaceAll('\r', '').replaceAll('\u001B[K', ''));
}

test('has a label and a whole bar where there is room', () => {
  expect(drawn(80, [[500, 1000]])).toEqual([`training   ${'█'.repeat(12)}${'░'.repeat(12)}  50%  500 of 1000`, '']);
});

test.each([
  [40, '500 of 1000', /^training {3}█+░+ /],
  [40, '500000 of 1000000', /^█+░+ /],
  [20, '50000 of 100000', /^ {2}50% /],
])('stays within %i columns, with %s', (width, figures, form) => {
  const [done = 0, total = 0] = figures.split(' of ').map(Number);
  const [line = ''] = drawn(width, [[done, total]]);
  expect(line.length).toBeLessThan(width);
  expect(line).toMatch(form);
});

test('draws the last state where it drew one before, however soon after it', () => {
  const [, last, end] = drawn(80, [
    [0, 10],
    [9, 10],
    [10, 10],
  ]);
  expect(last).toContain('100%  10 of 10');
  expect(end).toBe('');
});

test('writes nothing where everything is done at once, nor in a pipe', () => {
  expect(drawn(80, [[10, 10]])).toEqual([]);
  expect(drawn(null, [[1, 10]])).toEqual([]);
});
