/**
 * `npm run bench:voting`: how often a panel is right under each rule.
 *
 *   (no option)   the published table; checks the targets; writes bench/results/voting.json
 *   --seed N      the same with other random numbers; writes nothing
 *   --variants    worlds the formulas were not made for; writes nothing
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureWorld, type Row, type Score } from './voting/measure.ts';
import { inflated, type World } from './voting/world.ts';

const federations = 100;
const votesEach = 200;
const publishedSeed = 20_260_206;

const { values } = parseArgs({ options: { seed: { type: 'string' }, variants: { type: 'boolean', default: false } } });
const seed = values.seed === undefined ? publishedSeed : Number(values.seed);

const plainWorld: World = {
  name: 'independent',
  correlation: 0,
  familyCorrelation: 0,
  open: false,
  stated: inflated,
};

const published: World[] = [false, true].flatMap((open) => [
  { ...plainWorld, open },
  { ...plainWorld, open, name: 'correlated 0.4', correlation: 0.4 },
]);

const variants: World[] = [
  { ...plainWorld, name: 'family 0.7', familyCorrelation: 0.7 },
  {
    ...plainWorld,
    name: 'each inflates its own way',
    stated: (skill, agent) => 1 - (1 - skill) ** (0.6 + 0.4 * agent),
  },
  {
    ...plainWorld,
    name: 'only 0.7, 0.8, 0.9, 0.95',
    stated: (skill) => (skill < 0.5 ? 0.7 : skill < 0.7 ? 0.8 : skill < 0.85 ? 0.9 : 0.95),
  },
  { ...plainWorld, name: 'says nothing: 0.8 to 1', stated: (_skill, _agent, random) => 0.8 + 0.2 * random.uniform() },
  { ...plainWorld, name: 'noisy', stated: (skill, _agent, random) => inflated(skill) + 0.08 * random.normal() },
  { ...plainWorld, name: 'correlated 0.7', correlation: 0.7 },
];

function printTable(rows: readonly Row[]): void {
  const score = ({ accuracy, decided, wrongOfDecided, wrongOfSurest70 }: Score): string[] => [
    accuracy.toFixed(1),
    decided.toFixed(1),
    wrongOfDecided.toFixed(2),
    wrongOfSurest70.toFixed(2),
  ];
  const parts = ['right', 'decided', 'wrong', 'wrong70'];
  const header = [
    'world',
    'ballots',
    'judged',
    ...['heads', 'confidence', 'in force'].flatMap((rule) => parts.map((part) => `${rule} ${part}`)),
    'oracle right',
  ];
  const lines = rows.map((row) => [
    row.world,
    row.open ? 'open' : 'sealed',
    String(row.history),
    ...score(row.heads),
    ...score(row.summedConfidence),
    ...score(row.inForce),
    row.oracle.toFixed(1),
  ]);
  console.log(`| ${header.join(' | ')} |`);
  console.log(`| ${header.map((_, column) => (column < 2 ? '---' : '---:')).join(' | ')} |`);
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
}

/** The targets of the plan, on sealed rows. */
function checkTargets(rows: readonly Row[]): { target: string; measured: number; bound: number; met: boolean }[] {
  const checks: { target: string; measured: number; bound: number; met: boolean }[] = [];
  const atLeast = (target: string, measured: number, bound: number): number =>
    checks.push({ target, measured, bound, met: measured >= bound });
  const atMost = (target: string, measured: number, bound: number): number =>
    checks.push({ target, measured, bound, met: measured <= bound });
  for (const row of rows.filter(({ open }) => !open)) {
    const where = `${row.world}, ${row.history} judged`;
    const correlated = row.world !== 'independent';
    if (row.history === 200) {
      const ahead = correlated ? 3 : 1;
      atLeast(`${where}: points above counting heads`, row.inForce.accuracy - row.heads.accuracy, ahead);
      atLeast(`${where}: points above summed confidence`, row.inForce.accuracy - row.summedConfidence.accuracy, ahead);
      atMost(`${where}: % wrong of the surest 70%`, row.inForce.wrongOfSurest70, correlated ? 2.2 : 0.6);
    }
    if (row.history === 0) {
      atMost(`${where}: points below summed confidence`, row.summedConfidence.accuracy - row.inForce.accuracy, 0.3);
    }
  }
  return checks;
}

const started = performance.now();
const worlds = values.variants ? variants : published;
const rows = worlds.flatMap((world, place) => measureWorld(world, seed + 1_000_003 * place, federations, votesEach));
console.log(
  `${federations * votesEach} votes a row, seed ${seed}. Percentages: right = leading option right; decided = without ` +
    'the operator; wrong = of those decided; wrong70 = of the 70% of votes the rule is surest of.\n',
);
printTable(rows);
if (!values.variants) {
  const targets = checkTargets(rows);
  console.log('');
  for (const { target, measured, bound, met } of targets) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${target}: ${measured.toFixed(2)} (target ${bound})`);
  }
  if (targets.some(({ met }) => !met)) process.exitCode = 1;
  if (values.seed === undefined) {
    const folder = new URL('results/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL('voting.json', folder), `${JSON.stringify({ seed, rows, targets }, null, 2)}\n`);
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
