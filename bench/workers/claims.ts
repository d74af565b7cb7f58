/**
 * Claims and completes with few and with many open tasks, round by round in
 * turn. In memory, so that no sync hides the difference.
 * Says: µs with few, µs with many. `claims few`: only few, of both.
 */
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { claimAndComplete, queueMany, queueOne, runOn } from '../support/in-process.ts';
import { median, timeEach } from '../support/numbers.ts';

const rounds = 15;
const pairsEach = 200;
const [few, many] = [await runOn(new MemoryStore()), await runOn(new MemoryStore())];
const onlyFew = process.argv[2] === 'few';
await queueMany(few, 200);
await queueMany(many, onlyFew ? 200 : 100_000);

/** As many as before: each completed task is followed by a new one, which is not timed. */
const pairs = async (federation: typeof few): Promise<number[]> => {
  const times = await timeEach(pairsEach / 4, () => claimAndComplete(federation));
  for (let n = 0; n < pairsEach / 4; n++) await queueOne(federation, n);
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
console.log(`${median(times.few) * 1_000} ${median(times.many) * 1_000}`);
