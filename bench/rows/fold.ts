/** A start without a checkpoint: every record read, verified and folded, against `JSON.parse` of the same lines. */
import { median, middleOf, ms } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const records = 100_000;
const rounds = 5;

export const foldRow: Row = {
  name: 'fold',
  slow: true,
  measure: async (lab) => {
    const folder = await lab.prepared('records', records);
    const fold: number[] = [];
    const parse: number[] = [];
    for (let round = 0; round < rounds; round++) {
      parse.push((await lab.ask('parse', folder))[0] ?? Number.NaN);
      fold.push((await lab.ask('fold', folder))[0] ?? Number.NaN);
    }
    return [
      {
        what: 'fold 100,000 records without a checkpoint, every hash verified, against JSON.parse of the same lines',
        ...middleOf(fold.map((took, round) => took / (parse[round] ?? Number.NaN))),
        unit: '×',
        target: 4,
        met: 'at most',
        detail: `${ms(median(fold))} against ${ms(median(parse))}, of processor time of the main thread, each in a fresh process; medians of ${rounds}`,
      },
    ];
  },
};
