/**
 * `writer FOLDER SECONDS DECISION`: queues one durable task after another, each
 * decision taking so many ms; `bare` as a decision: only appends as many bytes
 * to a file there and syncs it. Says `ready` first, begins at the first line of
 * standard input, and ends with how long each call took, in ms.
 */
import { once } from 'node:events';
import { fdatasync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { describeTask, person, runOn } from '../support/in-process.ts';

const [folder = '', seconds = '0', decision = '0'] = process.argv.slice(2);
const write = decision === 'bare' ? bareWrites() : await queueing(Number(decision));
for (let n = 0; n < 200; n++) await write(`warm ${n}`);
console.log('ready');
await once(process.stdin, 'data');

const times: number[] = [];
const end = performance.now() + Number(seconds) * 1_000;
for (let n = 0; performance.now() < end; n++) {
  const begun = performance.now();
  await write(`${process.pid}.${n}`);
  times.push(Math.round((performance.now() - begun) * 1_000) / 1_000);
}
console.log(times.join(' '));
process.exit(0);

async function queueing(decisionMs: number): Promise<(what: string) => Promise<unknown>> {
  const federation = await runOn(openJournalStore({ dir: folder }));
  federation.keepTime();
  return (what) => {
    // Deciding reads the description: one that takes its time makes a slow decision.
    const request = {
      get description() {
        const until = performance.now() + decisionMs;
        while (performance.now() < until) {
          // Thinks.
        }
        return describeTask(what);
      },
    };
    return federation.execute('queue_task', request, person);
  };
}

function bareWrites(): () => Promise<void> {
  const descriptor = openSync(join(folder, 'bare'), 'a');
  const record = Buffer.alloc(864, '.');
  const sync = promisify(fdatasync);
  return async () => {
    writeSync(descriptor, record);
    await sync(descriptor);
  };
}
