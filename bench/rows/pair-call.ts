/** What deciding a claim and its completion costs beside an empty call, and whether a long session stays small. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type BenchClient, connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { emptyServerFile, serverFile } from '../support/lab.ts';
import { median, middleOf, ms, timeEach } from '../support/numbers.ts';
import type { Measurement, Row } from '../support/row.ts';

const queued = z.object({ task: z.object({ task_id: z.string() }) });

const rounds = 5;
const callsEach = 400;
/** The first half makes the newest 5,000 finished tasks, which are kept; the second replaces them. */
const longSession = 40_000;
const callsALook = 100;

export const pairCallRow: Row = {
  name: 'pair-call',
  measure: async (lab, effort) => {
    const counted = effort.rounds(rounds);
    const empty = await connect(emptyServerFile);
    await timeEach(callsEach, () => empty.call('empty', {}));
    const ratios: number[] = [];
    let [pair, call, learning] = [Number.NaN, Number.NaN, Number.NaN];
    for (let round = 0; round < counted; round++) {
      call = median(await timeEach(callsEach, () => empty.call('empty', {})));
      // In memory and without a client: what the program itself computes.
      const asked = await lab.ask('claims', 'few');
      [pair = Number.NaN, , learning = Number.NaN] = asked.map((us) => us / 1_000);
      ratios.push(pair / call);
    }
    await empty.close();
    return [
      {
        what: 'deciding a claim and its completion at 200 open tasks, in memory, against an empty call over stdio',
        ...middleOf(ratios),
        unit: '×',
        target: 0.6,
        met: 'at most',
        detail: `${ms(pair)} against ${ms(call)} in the last of ${counted} rounds; the router learns from it afterwards, ${ms(learning)}`,
      },
      ...(effort.quick ? [] : [await growthOf(await connect(serverFile, '--as', 'reuben', '--dir', lab.folder()))]),
    ];
  },
};

/**
 * Whether memory stays flat while tasks come and go. What is resident goes up and down by half with the collector, which
 * leaves garbage until there is much of it: one look at the beginning and one at the end say how long ago it ran. The
 * lowest of many looks says what is in use.
 */
async function growthOf(server: BenchClient): Promise<Measurement> {
  const looks: number[] = [];
  for (let n = 0; n < longSession; n += 4) {
    const request = { description: describeTask(n) };
    const { task_id } = queued.parse(await server.call('queue_task', request)).task;
    await server.call('claim_task', { task_id });
    await server.call('complete_task', { task_id, outcome: 'success', summary: 'Done.' });
    await server.call('list_tasks', { limit: 20 });
    if (n % callsALook === 0) looks.push(residentMb(server.pid));
  }
  await server.close();
  const quarter = looks.length / 4;
  const early = Math.min(...looks.slice(quarter, 2 * quarter));
  const late = Math.min(...looks.slice(3 * quarter));
  return {
    what: 'memory of a server that keeps as many finished tasks as it may: after 20,000 more calls against before, each at its lowest in 10,000',
    measured: late / early,
    unit: '×',
    target: 1.2,
    met: 'at most',
    detail: `${early.toFixed(0)} MB and ${late.toFixed(0)} MB resident, ${Math.max(...looks).toFixed(0)} MB at most`,
  };
}

/** Linux only. */
function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) / 1_000;
}
