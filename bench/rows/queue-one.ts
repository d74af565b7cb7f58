/** A durable `queue_task` through a real client, one after another. */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { emptyServerFile, serverFile } from '../support/lab.ts';
import { median, middleOf, ms, timed, timeEach } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const rounds = 10;
const callsEach = 200;
const warmUp = 200;

export const queueOneRow: Row = {
  name: 'queue-one',
  measure: async (lab, effort) => {
    const counted = effort.rounds(rounds);
    const folder = lab.folder();
    const server = await connect(serverFile, '--as', 'reuben', '--dir', folder);
    const empty = await connect(emptyServerFile);
    const queue = (n: number | string) => server.call('queue_task', { description: describeTask(n) });
    const nothing = () => empty.call('empty', {});
    await timeEach(warmUp, (n) => queue(`warm ${n}`));
    await timeEach(warmUp, nothing);

    const journal = readFileSync(join(folder, 'journal/000001.jsonl'));
    const record = journal.subarray(journal.lastIndexOf(0x0a, -2) + 1);
    const bare = openSync(join(dirname(folder), 'bare'), 'a');
    const append = () => {
      writeSync(bare, record);
      fdatasyncSync(bare);
    };

    // Call by call in turn: a sync right after another takes half as long as one after a pause.
    const times = { empty: [0], bare: [0], queue: [0] };
    for (const all of Object.values(times)) all.length = 0;
    const ratios: number[] = [];
    for (let round = 0; round < counted; round++) {
      for (let n = 0; n < callsEach; n++) {
        times.empty.push(await timed(nothing));
        times.bare.push(await timed(append));
        times.queue.push(await timed(() => queue(`${round}.${n}`)));
      }
      const [own, call, sync] = [times.queue, times.empty, times.bare].map((all) => median(all.slice(-callsEach)));
      ratios.push((own ?? Number.NaN) / ((call ?? Number.NaN) + (sync ?? Number.NaN)));
    }
    closeSync(bare);
    await Promise.all([server.close(), empty.close()]);

    const [own, call, sync] = [median(times.queue), median(times.empty), median(times.bare)];
    return [
      {
        what: 'durable queue_task over stdio, one after another, against an empty call + a bare append and fdatasync',
        ...middleOf(ratios),
        unit: '×',
        target: 1.5,
        met: 'at most',
        detail: `${ms(own)} against ${ms(call)} + ${ms(sync)} for ${record.length} bytes; medians of ${counted} rounds of ${callsEach}`,
      },
    ];
  },
};
