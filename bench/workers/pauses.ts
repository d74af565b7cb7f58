/**
 * `pauses FOLDER`: the longest pauses of the event loop while a checkpoint of
 * the store there is written, and while nothing is, in turn.
 * Says, for each round: ms with a checkpoint, ms without, ms it took to write.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { keepCheckpoint, queueOne, runOn } from '../support/in-process.ts';

const rounds = 5;
const [folder = ''] = process.argv.slice(2);
const store = openJournalStore({ dir: folder });
const federation = await runOn(store);
const said: number[] = [];
for (let round = 0; round < rounds; round++) {
  await queueOne(federation, round);
  await sleep(50);
  const begun = performance.now();
  const writing = await longestPauseDuring(keepCheckpoint(folder, store, federation.state()));
  const took = performance.now() - begun;
  const idle = await longestPauseDuring(sleep(took));
  said.push(writing, idle, took);
}
console.log(said.join(' '));
process.exit(0);

async function longestPauseDuring(work: Promise<void>): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  let longest = 0;
  for (let last = performance.now(); !isDone;) {
    await nextTurn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await done;
  return longest;
}
