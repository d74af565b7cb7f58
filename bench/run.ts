/**
 * `npm run bench`: the foundation's rows of the table of targets, under 5 minutes. Each ratio compares two things
 * measured in turn in the same run, so that a busy machine slows both; the spread is the middle half of the rounds.
 *
 *   npm run bench -- ROW …           only these
 *   npm run bench -- --quick         a minute: fewer rounds, and not the rows that take long
 *   npm run bench -- --compare FILE  says what got slower or faster than in that run
 *
 * Each run is kept in bench/results/ with its commit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstCallsRow } from './rows/first-calls.ts';
import { foldRow } from './rows/fold.ts';
import { listSizeRow } from './rows/list-size.ts';
import { manyOpenRow } from './rows/many-open.ts';
import { manyWritersRow } from './rows/many-writers.ts';
import { memoryRow } from './rows/memory.ts';
import { newsRow } from './rows/news.ts';
import { pairCallRow } from './rows/pair-call.ts';
import { queueManyRow } from './rows/queue-many.ts';
import { queueOneRow } from './rows/queue-one.ts';
import { startRow } from './rows/start.ts';
import { compareRuns, readRun, type Run } from './support/compare-runs.ts';
import { Lab } from './support/lab.ts';
import { effort, isMet, type Measurement, type Row, shown } from './support/row.ts';

const rows: readonly Row[] = [
  queueOneRow,
  queueManyRow,
  pairCallRow,
  manyOpenRow,
  manyWritersRow,
  newsRow,
  startRow,
  firstCallsRow,
  foldRow,
  memoryRow,
  listSizeRow,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, compare: { type: 'string' } },
});
const unknown = positionals.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`Expected rows among ${rows.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}
// Before anything is measured: a file that cannot be read costs nobody five minutes.
const earlier = values.compare === undefined ? null : readRun(readFileSync(values.compare, 'utf8'));

const lab = new Lab();
const begun = performance.now();
const [loadBefore = 0] = loadavg();
const measurements: (Measurement & { readonly row: string })[] = [];
try {
  if (lab.isInMemory)
    console.error('The temporary folder is in memory: syncs cost nothing here. Set TMPDIR to a disk.');
  if (loadBefore > 1)
    console.error(`Other work is going on here (load ${loadBefore.toFixed(1)}): times say little, ratios may be off.`);
  console.log('| row | what | measured | target | met | made of |\n| --- | --- | ---: | ---: | --- | --- |');
  for (const { name, measure, slow } of rows) {
    if (positionals.length > 0 ? !positionals.includes(name) : values.quick && slow === true) continue;
    for (const measurement of await measure(lab, effort(values.quick))) {
      measurements.push({ row: name, ...measurement });
      console.log(line(name, measurement));
    }
  }
} finally {
  lab.dispose();
}
const seconds = Math.round((performance.now() - begun) / 1_000);
const missed = measurements.filter((measurement) => !isMet(measurement)).length;
console.log(`\n${measurements.length - missed} of ${measurements.length} targets met, ${seconds} s`);

const run: Run = {
  date: new Date().toISOString(),
  commit: commit(),
  node: process.version,
  cores: availableParallelism(),
  load: loadBefore,
  quick: values.quick,
  seconds,
  measurements: measurements.map((measurement) => ({ ...measurement, isMet: isMet(measurement) })),
};
const folder = join(process.cwd(), 'bench/results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${run.date.slice(0, 19).replaceAll(':', '')}-${run.commit}.json`);
writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
console.log(`Kept in ${file}`);
if (earlier !== null) console.log(`\n${compareRuns(earlier, run)}`);
if (missed > 0) process.exitCode = 1;

/** Of the tree this was built from; `+` where it has changes that are not committed. */
function commit(): string {
  try {
    const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

function line(row: string, measurement: Measurement): string {
  const { what, target, unit, met, detail, spread } = measurement;
  const bound = `${met === 'at most' ? '≤' : '≥'} ${target} ${unit}`;
  const middle = spread === undefined ? '' : ` (${shown(spread[0], unit)} to ${shown(spread[1], unit)})`;
  const value = `${shown(measurement.measured, unit)} ${unit}${middle}`;
  return `| ${row} | ${what} | ${value} | ${bound} | ${isMet(measurement) ? 'yes' : 'NO'} | ${detail} |`;
}
