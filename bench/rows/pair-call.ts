/** What deciding a claim and its completion costs beside an empty call, and whether a long session stays small. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { connect, connectTo } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { emptyServerFile, serverFile, workerFile } from '../support/lab.ts';
import { median, middleOf, ms, timeEach } from '../support/numbers.ts';
import type { Measurement, Row } from '../support/row.ts';

const queued = z.object({ task: z.object({ task_id: z.string() }) });

const rounds = 5;
const callsEach = 400;
/** These make the newest 5,000 finished tasks, which are kept, and some more. */
const callsBefore = 24_000;
const longSession = 20_000;

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
      ...(effort.quick ? [] : [await growthOf(lab.folder())]),
    ];
  },
};

/**
 * Whether memory stays flat while tasks come and go, once as many finished ones are kept as may be: what is in use after a
 * full collection. What is resident says how much garbage the collector lets lie, and grows for some 30,000 calls.
 */
async function growthOf(folder: string): Promise<Measurement> {
  const heapFile = join(folder, '../heap-in-use');
  const args = ['--expose-gc', '--import', workerFile('heap-in-use'), serverFile, '--as', 'reuben', '--dir', folder];
  const env = { ...getDefaultEnvironment(), HEAP_IN_USE: heapFile };
  const server = await connectTo({ command: process.execPath, args, env, stderr: 'inherit' });
  const session = async (calls: number): Promise<number> => {
    for (let n = 0; n < calls; n += 4) {
      const request = { description: describeTask(n) };
      const { task_id } = queued.parse(await server.call('queue_task', request)).task;
      await server.call('claim_task', { task_id });
      await server.call('complete_task', { task_id, outcome: 'success', summary: 'Done.' });
      await server.call('list_tasks', { limit: 20 });
    }
    return await heapInUse(server.pid, heapFile);
  };
  const before = await session(callsBefore);
  const after = await session(longSession);
  const resident = residentMb(server.pid);
  await server.close();
  return {
    what: `memory in use of a server after ${longSession.toLocaleString('en')} more calls, against when it keeps as many finished tasks as it may`,
    measured: after / before,
    unit: '×',
    target: 1.2,
    met: 'at most',
    detail: `${before.toFixed(1)} MB and ${after.toFixed(1)} MB after a full collection; ${resident.toFixed(0)} MB resident at the end`,
  };
}

async function heapInUse(pid: number, file: string): Promise<number> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  while (!existsSync(file)) await sleep(10);
  return Number(readFileSync(file, 'utf8')) / 1e6;
}

/** Linux only. */
function residentMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) / 1_000;
}
