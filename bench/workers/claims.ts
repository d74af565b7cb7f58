/**
 * Claims and completes with few and with many open tasks, round by round in
 * turn. In memory, so that no sync hides the difference.
 * Says: µs with few, µs with many, µs to learn from one that was answered.
 * `claims few`: only few, of both.
 */
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { claimAndComplete, queueMany, queueOne, runOn, worker } from '../support/in-process.ts';
import { median, timed } from '../support/numbers.ts';

const rounds = 15;
const pairsEach = 200;
const [few, many] = [await runOn(new MemoryStore()), await runOn(new MemoryStore())];
const onlyFew = process.argv[2] === 'few';
await queueMany(few, 200);
await queueMany(many, onlyFew ? 200 : 100_000);

const learned: number[] = [];
/** As many as before: each completed task is followed by a new one, which is not timed. */
const pairs = async (federation: typeof few): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 0; n < pairsEach / 4; n++) {
    times.push(await timed(() => claimAndComplete(federation, worker)));
    // What comes of it once it is answered, now rather than in some milliseconds.
    learned.push(await timed(async () => (await federation.router()).router));
  }
  for (let n = 0; n < pairsEach / 4; n++) await queueOne(federation, 4 * n + (n % 2));
  return times;
};
const times = { few: [0], many: [0] };
for (let round = 0; round < rounds * 4; round++) {
  const [one, other] = [await pairs(few), await pairs(many)];
  // The first rounds only warm up.
  if (round < 8) continue;
  times.few.push(...one);
  times.many.push(...other);
}
console.log([times.few, times.many, learned].map((all) => median(all) * 1_000).join(' '));
