/** A start without a checkpoint: every record read, verified and folded, against `JSON.parse` of the same lines. */
import { median, middleOf, ms as shownMs } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const records = 100_000;
const rounds = 5;

export const foldRow: Row = {
  name: 'fold',
  slow: true,
  measure: async (lab) => {
    const folder = await lab.prepared('records', records);
    const ms: Record<'parse' | 'hash' | 'read' | 'all', number[]> = { parse: [], hash: [], read: [], all: [] };
    for (let round = 0; round < rounds; round++) {
      ms.parse.push((await lab.ask('parse', folder))[0] ?? Number.NaN);
      for (const part of ['hash', 'read', 'all'] as const)
        ms[part].push((await lab.ask('fold', folder, part))[0] ?? Number.NaN);
    }
    const [parse, hash, read, all] = [median(ms.parse), median(ms.hash), median(ms.read), median(ms.all)];
    return [
      {
        what: 'fold 100,000 records without a checkpoint, every hash verified, against JSON.parse of the same lines',
        ...middleOf(ms.all.map((took, round) => took / (ms.parse[round] ?? Number.NaN))),
        unit: '×',
        target: 4,
        met: 'at most',
        detail: `${shownMs(all)} against ${shownMs(parse)}: hashing ${shownMs(hash)}, parsing ${shownMs(parse)}, the rest of reading ${shownMs(read - hash - parse)}, evolving and indexes ${shownMs(all - read)}; processor time of the main thread, each in fresh processes, medians of ${rounds}`,
      },
    ];
  },
};
