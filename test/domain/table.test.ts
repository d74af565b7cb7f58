import { expect, test } from 'vitest';
import { Table, UndoLog } from '../../src/domain/table.ts';

/** Numbers that look random and are the same each time (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('goes through its rows backwards, whatever was added, removed and taken back', () => {
  const next = numbers(7);
  const undo = new UndoLog();
  const table = new Table<number, { readonly key: number }>(undo);
  let added = 0;
  for (let step = 0; step < 4_000; step++) {
    if (!undo.active && next(5) === 0) undo.begin();
    const kind = next(10);
    if (kind < 6) table.set(added, { key: added++ });
    else if (kind < 7) table.set(next(added + 1), { key: -1 });
    else if (kind < 9) table.delete(next(added + 1));
    else if (next(2) === 0) undo.commit();
    else undo.rollback();
    if (!undo.active) expect([...table.newestFirst()]).toEqual([...table.values()].reverse());
  }
  expect(table.size).toBeGreaterThan(500);
});
