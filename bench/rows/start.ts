/**
 * From spawning the server to its list of tools, against an empty server on the
 * same SDK: as `mcp.json` starts it, and with a name, for which the
 * configuration must be read before the list is given.
 */
import { writeDefaultConfig } from '../../src/config/write-default-config.ts';
import { firstList } from '../support/first-list.ts';
import { emptyServerFile, serverFile } from '../support/lab.ts';
import { median, middleOf, ms } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const rounds = 15;

export const startRow: Row = {
  name: 'start',
  measure: async (lab, effort) => {
    const counted = effort.rounds(rounds);
    const folder = await lab.prepared('open', 10_000);
    writeDefaultConfig(folder);
    const times = { empty: [0], own: [0], named: [0] };
    for (const all of Object.values(times)) all.length = 0;
    for (let round = 0; round <= counted; round++) {
      const empty = await firstList(emptyServerFile);
      const own = await firstList(serverFile, '--dir', folder);
      const named = await firstList(serverFile, '--dir', folder, '--as', 'kimi');
      // The first of each reads the files from the disk.
      if (round === 0) continue;
      times.empty.push(empty.took);
      times.own.push(own.took);
      times.named.push(named.took);
    }
    const against = (what: string, took: readonly number[]) =>
      ({
        what,
        ...middleOf(took.map((time, round) => time / (times.empty[round] ?? Number.NaN))),
        unit: '×',
        target: 1.1,
        met: 'at most',
        detail: `${ms(median(took))} against ${ms(median(times.empty))}; medians of ${counted}`,
      }) as const;
    return [
      against('spawn to tools/list answered, 10,000 tasks in the store, against an empty server', times.own),
      against('the same with --as and a commented configuration', times.named),
    ];
  },
};
