/**
 * `writer FOLDER SECONDS DECISION`: queues one durable task after another, each
 * decision taking so many ms. Says `ready` first, begins at the first line of
 * standard input, and ends with how long each call took, in ms.
 */
import { once } from 'node:events';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { describeTask, person, runOn } from '../support/in-process.ts';

const [folder = '', seconds = '0', decision = '0'] = process.argv.slice(2);
const federation = await runOn(openJournalStore({ dir: folder }));
federation.keepTime();
for (let n = 0; n < 50; n++) await queue(`warm ${n}`);
console.log('ready');
await once(process.stdin, 'data');

const times: number[] = [];
const end = performance.now() + Number(seconds) * 1_000;
for (let n = 0; performance.now() < end; n++) {
  const begun = performance.now();
  await queue(`${process.pid}.${n}`);
  times.push(Math.round((performance.now() - begun) * 1_000) / 1_000);
}
console.log(times.join(' '));
process.exit(0);

async function queue(what: string): Promise<void> {
  // Deciding reads the description: one that takes its time makes a slow decision.
  const request = {
    get description() {
      const until = performance.now() + Number(decision);
      while (performance.now() < until) {
        // Thinks.
      }
      return describeTask(what);
    },
  };
  await federation.execute('queue_task', request, person);
}
