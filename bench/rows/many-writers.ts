/** Eight processes that write at once: how long the slowest calls wait, and whether a slow process gets its turn. */
import { median, ms, quantile } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';
import { writeTogether } from '../support/writers.ts';

const rounds = 3;
const secondsAlone = 1.5;
const secondsTogether = 3;

export const manyWritersRow: Row = {
  name: 'many-writers',
  measure: async (lab, effort) => {
    const counted = effort.quick ? 1 : rounds;
    const alone: number[] = [];
    const together: number[] = [];
    const bare: number[] = [];
    const longest: number[] = [];
    const slow: number[] = [];
    for (let round = 0; round < counted; round++) {
      alone.push(...(await writeTogether(lab.folder(), secondsAlone, [0])).flat());
      together.push(...(await writeTogether(lab.folder(), secondsTogether, each(8, 0))).flat());
      bare.push(...(await writeTogether(lab.folder(), secondsAlone, each(8, 'bare' as const))).flat());
      const mixed = await writeTogether(lab.folder(), secondsTogether, [20, ...each(7, 0)]);
      longest.push(Math.max(...mixed.map((times) => Math.max(...times))));
      slow.push(...(mixed[0] ?? []));
    }
    const p99 = quantile(together, 0.99);
    const perSecond = together.length / (counted * secondsTogether);
    return [
      {
        what: 'p99 of a durable call with 8 processes writing at once against the median of one alone',
        measured: p99 / median(alone),
        unit: '×',
        target: 50,
        met: 'at most',
        detail: `${ms(p99)} against ${ms(median(alone))}; median ${ms(median(together))}, longest ${ms(Math.max(...together))}; ${Math.round(perSecond)}/s together; 8 processes that only append and sync: p99 ${ms(quantile(bare, 0.99))}, longest ${ms(Math.max(...bare))}`,
      },
      {
        what: 'longest wait with one process of 20 ms decisions among 7 fast ones',
        measured: Math.max(...longest),
        unit: 'ms',
        target: 300,
        met: 'at most',
        detail: `longest of each round ${longest.map(ms).join(', ')}; the slow process: median ${ms(median(slow))}, longest ${ms(Math.max(...slow))}`,
      },
    ];
  },
};

function each<T>(count: number, decision: T): T[] {
  return Array.from({ length: count }, () => decision);
}
