/** The same with 64 calls in flight. */
import { connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { emptyServerFile, serverFile } from '../support/lab.ts';
import { median, middleOf, rateOf } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const rounds = 7;
const callsEach = 3_000;
const inFlight = 64;

export const queueManyRow: Row = {
  name: 'queue-many',
  measure: async (lab, effort) => {
    const counted = effort.rounds(rounds);
    const server = await connect(serverFile, '--as', 'reuben', '--dir', lab.folder());
    const empty = await connect(emptyServerFile);
    const own: number[] = [];
    const baseline: number[] = [];
    // The first round only warms both up.
    for (let round = 0; round <= counted; round++) {
      const emptyRate = await rateOf(callsEach, inFlight, () => empty.call('empty', {}));
      const ownRate = await rateOf(callsEach, inFlight, (n) =>
        server.call('queue_task', { description: describeTask(`${round}.${n}`) }),
      );
      if (round === 0) continue;
      baseline.push(emptyRate);
      own.push(ownRate);
    }
    await Promise.all([server.close(), empty.close()]);
    const ratios = own.map((rate, round) => rate / (baseline[round] ?? Number.NaN));
    return [
      {
        what: 'rate of durable queue_task with 64 in flight against the empty call with 64 in flight',
        ...middleOf(ratios),
        unit: '×',
        target: 0.5,
        met: 'at least',
        detail: `${Math.round(median(own))}/s against ${Math.round(median(baseline))}/s; median of ${counted} rounds of ${callsEach}`,
      },
    ];
  },
};
