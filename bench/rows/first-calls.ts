/**
 * What the first 200 creates of a cold server cost against those of a warm one, and what they pay for: the first call
 * opens the store, the next ones run code that is not compiled yet. The client pauses after the list of tools, as those
 * do that ask a model first.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { serverFile } from '../support/lab.ts';
import { median, middleOf, ms, timeEach } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const rounds = 9;
const pause = 500;
/** The calls between these are summed up. */
const marks = [0, 1, 20, 200, 400, 600] as const;

export const firstCallsRow: Row = {
  name: 'first-calls',
  measure: async (lab, effort) => {
    const counted = effort.rounds(rounds);
    const ratios: number[] = [];
    const parts = marks.slice(1).map((): number[] => []);
    const computing = marks.slice(1).map((): number[] => []);
    for (let round = 0; round <= counted; round++) {
      const server = await connect(serverFile, '--as', 'reuben', '--dir', lab.folder());
      await server.client.listTools();
      await sleep(pause);
      const sums: number[] = [];
      for (const [part, from] of marks.slice(0, -1).entries()) {
        const before = processorMs(server.pid);
        const count = (marks[part + 1] ?? from) - from;
        const times = await timeEach(count, (n) => server.call('queue_task', { description: describeTask(from + n) }));
        sums.push(times.reduce((sum, time) => sum + time, 0));
        // The first reads the files from the disk.
        if (round > 0) computing[part]?.push(processorMs(server.pid) - before);
      }
      await server.close();
      if (round === 0) continue;
      for (const [part, sum] of sums.entries()) parts[part]?.push(sum);
      const [first = 0, few = 0, more = 0, , warm = Number.NaN] = sums;
      ratios.push((first + few + more) / warm);
    }
    const says = parts.map((times, part) => {
      const [from = 0, to = 0] = [marks[part], marks[part + 1]];
      const which = to - from === 1 ? 'the first' : `${from + 1} to ${to}`;
      return `${which}: ${ms(median(times))} (${ms(median(computing[part] ?? []))} of the processor)`;
    });
    return [
      {
        what: 'the first 200 creates of a cold server against calls 401 to 600',
        ...middleOf(ratios),
        unit: '×',
        target: 1.5,
        met: 'at most',
        detail: `${says.join('; ')}; medians of ${counted}`,
      },
    ];
  },
};

/** Of the main thread of a process, in ms. Linux only. */
function processorMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
