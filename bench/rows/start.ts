/** From spawning the server to its list of tools, against an empty server on the same SDK. */
import { firstList } from '../support/first-list.ts';
import { emptyServerFile, serverFile } from '../support/lab.ts';
import { median, ms } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const rounds = 21;

export const startRow: Row = {
  name: 'start',
  measure: async (lab) => {
    const folder = await lab.prepared('open', 10_000);
    const own: number[] = [];
    const empty: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const baseline = await firstList(emptyServerFile);
      const measured = await firstList(serverFile, '--as', 'kimi', '--dir', folder);
      // The first of each reads the files from the disk.
      if (round === 0) continue;
      empty.push(baseline.took);
      own.push(measured.took);
    }
    return [
      {
        what: 'spawn to tools/list answered, 10,000 tasks in the store, against an empty server',
        measured: median(own) / median(empty),
        unit: '×',
        target: 1.3,
        met: 'at most',
        detail: `${ms(median(own))} against ${ms(median(empty))}; medians of ${rounds}`,
      },
    ];
  },
};
