/**
 * `npm run bench:growth`: what a federation costs as it grows from 1,000 events to 1,000,000 with 10 agents, and with 100
 * agents to a tenth of that. Times are of the processor (the main thread's), so that other work hardly stretches them.
 * Prints a Markdown table.
 *
 *   --to EVENTS    stop there instead; 100,000 take about two minutes, 1,000,000 ten
 */
import { readdirSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lab } from './support/lab.ts';
import { shown } from './support/row.ts';

const { values } = parseArgs({ options: { to: { type: 'string', default: '1000000' } } });
const largest = Number(values.to);
if (!Number.isInteger(largest) || largest < 1_000) {
  console.error(`Expected --to to be a number of events from 1000 up, got ${values.to}`);
  process.exit(2);
}
const sizes = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= largest);

const columns = [
  'events',
  'agents',
  '`queue_task`, ms',
  'for `auto`, ms',
  'claim + complete, ms',
  'start with a checkpoint, ms',
  'first `auto` after it, ms',
  'memory, MB',
  'checkpoint, MB',
  'router.bin, MB',
  'journal, MB',
  'made at, ms for 1,000 events',
];
const lab = new Lab();
const begun = performance.now();
try {
  console.log(
    `Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, load ${shown(loadavg()[0] ?? 0, '×')}\n`,
  );
  console.log(`| ${columns.join(' | ')} |\n|${' ---: |'.repeat(columns.length)}`);
  for (const { agents, upTo } of [
    { agents: 10, upTo: sizes },
    { agents: 100, upTo: sizes.filter((size) => size <= Math.max(10_000, largest / 10)) },
  ]) {
    const folder = lab.folder();
    let events = 0;
    for (const size of upTo) {
      const [added = 0, , pace = 0] = await lab.ask('growth', folder, 'grow', String(size - events), String(agents));
      events += added;
      const sizesOf = [join(folder, 'db.json'), join(folder, 'router.bin'), join(folder, 'journal')].map(megabytes);
      const [open = 0, memory = 0, queue = 0, auto = 0, work = 0, first = 0] = await lab.ask(
        'growth',
        folder,
        'look',
        String(agents),
      );
      const times = [queue, auto, work].map((ms) => ms.toFixed(2));
      const cells = [
        events.toLocaleString('en'),
        agents,
        ...times,
        open.toFixed(0),
        first.toFixed(0),
        memory.toFixed(0),
      ];
      console.log(`| ${[...cells, ...sizesOf.map((mb) => mb.toFixed(1)), pace.toFixed(0)].join(' | ')} |`);
    }
  }
} finally {
  lab.dispose();
}
console.log(`\n${Math.round((performance.now() - begun) / 1_000)} s`);

/** Of a file, or of all files of a folder. */
function megabytes(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size / 1e6;
  return readdirSync(path).reduce((sum, name) => sum + megabytes(join(path, name)), 0);
}
