/** What 100,000 open tasks cost: each claim, and the pauses while they are written to a checkpoint. */
import { median, ms } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

export const manyOpenRow: Row = {
  name: 'many-open',
  slow: true,
  measure: async (lab) => {
    const [few = Number.NaN, many = Number.NaN] = await lab.ask('claims');
    const pauses = await lab.ask('pauses', await lab.prepared('open', 100_000));
    const column = (place: number) => pauses.filter((_, at) => at % 3 === place);
    const [writing, idle, took] = [column(0), column(1), column(2)];
    return [
      {
        what: 'claim + complete with 100,000 open tasks against 200',
        measured: many / few,
        unit: '×',
        target: 1.5,
        met: 'at most',
        detail: `${many.toFixed(0)} µs against ${few.toFixed(0)} µs without a disk; medians`,
      },
      {
        what: 'longest pause of the event loop while checkpointing 100,000 open tasks',
        measured: median(writing),
        unit: 'ms',
        target: 50,
        met: 'at most',
        detail: `median of the longest of ${writing.length} checkpoints, worst ${ms(Math.max(...writing))}; ${ms(median(took))} each; without one ${ms(median(idle))}`,
      },
    ];
  },
};
