/**
 * `npm run bench:voting`: how often a panel is right under each rule.
 *
 *   (no option)   the published table; checks the targets; writes bench/results/voting.json
 *   --seed N      the same with other random numbers; writes nothing
 *   --variants    worlds the formulas were not made for; writes nothing
 *   NAME…         only the worlds whose names begin so (independent, correlated, new, expert); writes nothing
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureWorld, type Row, type Score, type Setting } from './measure.ts';
import { createPanel } from './panels.ts';
import { createTrio } from './small-worlds.ts';
import { createWorld, inflated, type World } from './world.ts';

const federations = 100;
const votesEach = 200;
const publishedSeed = 20_260_206;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, variants: { type: 'boolean', default: false } },
});
const seed = values.seed === undefined ? publishedSeed : Number(values.seed);

const plainWorld: World = { correlation: 0, familyCorrelation: 0, open: false, stated: inflated };
const fewAndMany = [0, 10, 20, 30, 100, 200] as const;

function fiveAgents(name: string, world: Partial<World>): Setting {
  const whole = { ...plainWorld, ...world };
  return { name, open: whole.open, source: (at) => createWorld(whole, at), histories: fewAndMany };
}

const published: Setting[] = [
  ...[false, true].flatMap((open) => [
    fiveAgents('independent', { open }),
    fiveAgents('correlated 0.4', { open, correlation: 0.4 }),
  ]),
  { name: 'new panels', open: false, source: createPanel, histories: [...fewAndMany, 400] },
  { name: 'expert', open: false, source: (at) => createTrio([0.95, 0.55, 0.55], at), histories: [20, 100, 200] },
];

const variants: Setting[] = [
  fiveAgents('family 0.7', { familyCorrelation: 0.7 }),
  fiveAgents('each inflates its own way', { stated: (skill, agent) => 1 - (1 - skill) ** (0.6 + 0.4 * agent) }),
  fiveAgents('only 0.7, 0.8, 0.9, 0.95', {
    stated: (skill) => (skill < 0.5 ? 0.7 : skill < 0.7 ? 0.8 : skill < 0.85 ? 0.9 : 0.95),
  }),
  fiveAgents('says nothing: 0.8 to 1', { stated: (_skill, _agent, random) => 0.8 + 0.2 * random.uniform() }),
  fiveAgents('noisy', { stated: (skill, _agent, random) => inflated(skill) + 0.08 * random.normal() }),
  fiveAgents('correlated 0.7', { correlation: 0.7 }),
];

function printTable(rows: readonly Row[]): void {
  const score = ({ accuracy, decided, wrongOfDecided, wrongOfSurest70 }: Score): string[] => [
    accuracy.toFixed(1),
    decided.toFixed(1),
    wrongOfDecided.toFixed(2),
    wrongOfSurest70.toFixed(2),
  ];
  const parts = ['right', 'decided', 'wrong', 'wrong70'];
  const rules = ['heads', 'confidence', 'in force', 'calibrated', 'stacking'];
  const header = [
    'world',
    'ballots',
    'judged',
    ...rules.flatMap((rule) => parts.map((part) => `${rule} ${part}`)),
    'oracle right',
  ];
  const lines = rows.map((row) => [
    row.world,
    row.open ? 'open' : 'sealed',
    String(row.history),
    ...[row.heads, row.summedConfidence, row.inForce, row.calibrated, row.stacking].flatMap(score),
    row.oracle.toFixed(1),
  ]);
  console.log(`| ${header.join(' | ')} |`);
  console.log(`| ${header.map((_, column) => (column < 2 ? '---' : '---:')).join(' | ')} |`);
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
}

/** Worlds with targets of their own. */
const ownTargets: readonly string[] = ['new panels', 'expert'];

/** The targets of the plan, on sealed rows, and those of the worlds of new federations. */
function checkTargets(rows: readonly Row[]): { target: string; measured: number; bound: number; met: boolean }[] {
  const checks: { target: string; measured: number; bound: number; met: boolean }[] = [];
  const atLeast = (target: string, measured: number, bound: number): number =>
    checks.push({ target, measured, bound, met: measured >= bound });
  const atMost = (target: string, measured: number, bound: number): number =>
    checks.push({ target, measured, bound, met: measured <= bound });
  for (const row of rows.filter(({ open, world }) => !open && !ownTargets.includes(world))) {
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
  const panels = rows.find(({ world, history }) => world === 'new panels' && history === 20);
  if (panels !== undefined) {
    atLeast('new panels, 20 judged: % right', panels.inForce.accuracy, 83.5);
    atMost('new panels, 20 judged: % wrong of those decided', panels.inForce.wrongOfDecided, 7);
  }
  const expert = rows.find(({ world, history }) => world === 'expert' && history === 200);
  if (expert !== undefined) {
    atLeast('expert, 200 judged: % decided', expert.inForce.decided, 60);
    atLeast('expert, 200 judged: % right', expert.inForce.accuracy, 94);
  }
  return checks;
}

const started = performance.now();
const worlds = values.variants ? variants : published;
const isWanted = ({ name }: Setting): boolean =>
  positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted));
const rows = worlds.flatMap((world, place) =>
  isWanted(world) ? measureWorld(world, seed + 1_000_003 * place, federations, votesEach) : [],
);
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
  if (values.seed === undefined && positionals.length === 0) {
    const folder = new URL('../results/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL('voting.json', folder), `${JSON.stringify({ seed, rows, targets }, null, 2)}\n`);
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
