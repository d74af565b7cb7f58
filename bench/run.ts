/**
 * `npm run bench`: the foundation's rows of the table of targets. `npm run
 * bench -- ROW …` runs some. Each ratio compares two things measured in turn in
 * the same run, so that a busy machine slows both. Writes
 * bench/results/foundation.json when all rows ran.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { foldRow } from './rows/fold.ts';
import { listSizeRow } from './rows/list-size.ts';
import { manyOpenRow } from './rows/many-open.ts';
import { manyWritersRow } from './rows/many-writers.ts';
import { memoryRow } from './rows/memory.ts';
import { newsRow } from './rows/news.ts';
import { queueManyRow } from './rows/queue-many.ts';
import { queueOneRow } from './rows/queue-one.ts';
import { startRow } from './rows/start.ts';
import { Lab } from './support/lab.ts';
import { isMet, type Measurement, type Row } from './support/row.ts';

const rows: readonly Row[] = [
  queueOneRow,
  queueManyRow,
  manyOpenRow,
  manyWritersRow,
  newsRow,
  startRow,
  foldRow,
  memoryRow,
  listSizeRow,
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`Expected rows among ${rows.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}

const lab = new Lab();
const begun = performance.now();
const measurements: Measurement[] = [];
try {
  if (lab.isInMemory)
    console.error('The temporary folder is in memory: syncs cost nothing here. Set TMPDIR to a disk.');
  console.log('| row | what | measured | target | met | made of |\n| --- | --- | ---: | ---: | --- | --- |');
  for (const { name, measure } of rows) {
    if (named.length > 0 && !named.includes(name)) continue;
    for (const measurement of await measure(lab)) {
      measurements.push(measurement);
      console.log(line(name, measurement));
    }
  }
} finally {
  lab.dispose();
}
const seconds = Math.round((performance.now() - begun) / 1_000);
const missed = measurements.filter((measurement) => !isMet(measurement)).length;
console.log(`\n${measurements.length - missed} of ${measurements.length} targets met, ${seconds} s`);
if (named.length === 0) {
  const folder = join(process.cwd(), 'bench/results');
  mkdirSync(folder, { recursive: true });
  const results = {
    date: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    seconds,
    measurements: measurements.map((measurement) => ({ ...measurement, isMet: isMet(measurement) })),
  };
  writeFileSync(join(folder, 'foundation.json'), `${JSON.stringify(results, null, 2)}\n`);
}
if (missed > 0) process.exitCode = 1;

function line(row: string, measurement: Measurement): string {
  const { what, measured, unit, target, met, detail } = measurement;
  const bound = `${met === 'at most' ? '≤' : '≥'} ${target} ${unit}`;
  const value = `${measured.toFixed(unit === 'MB' || measured >= 100 ? 0 : measured >= 10 ? 1 : 2)} ${unit}`;
  return `| ${row} | ${what} | ${value} | ${bound} | ${isMet(measurement) ? 'yes' : 'NO'} | ${detail} |`;
}
