/**
 * `npm run bench:month`: a federation's month with optimisation on against the same month with it off.
 *
 * 30 simulated days on the domain itself: tasks for `auto` under `v1`, whose rules name every agent for every type
 * with one weight, so that only a bonus tells them apart. How often each agent really succeeds at each type is drawn
 * anew for each seed and known to nobody. Both months of a pair have the same agents, the same tasks, and the same
 * luck: task n succeeds for an agent in both or in neither.
 *
 *   (no option)   100 seeds; checks the target; writes bench/results/month.json
 *   --seeds N     fewer or more; writes nothing
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Scenario } from '../test/support/scenario.ts';
import { createRandom } from './voting/random.ts';

const publishedSeeds = 100;
const days = 30;
const tasksADay = 16;
const agents = ['ada', 'bert', 'cleo', 'dora'] as const;
const types = ['research', 'implementation', 'testing', 'documentation', 'deployment', 'review-notes'] as const;

const { values } = parseArgs({ options: { seeds: { type: 'string' } } });
const seeds = values.seeds === undefined ? publishedSeeds : Number(values.seeds);

/** Days between two optimisations; `null`: never. */
type Rhythm = 1 | 7 | null;

interface World {
  /** By `agent/type`, 0 to 1. */
  readonly skill: ReadonlyMap<string, number>;
  readonly types: readonly string[];
  /** By task and agent: it succeeds where the skill is larger. */
  readonly luck: readonly (readonly number[])[];
}

/** One agent in four is good at a type, one is poor, the others are in between. */
function worldOf(seed: number): World {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const skill = new Map<string, number>();
  for (const type of types) {
    const shift = Math.floor(random.uniform() * agents.length);
    for (const [place, agent] of agents.entries()) {
      const rank = (place + shift) % agents.length;
      const rate = rank === 0 ? between(0.88, 0.98) : rank === 1 ? between(0.2, 0.5) : between(0.5, 0.88);
      skill.set(`${agent}/${type}`, rate);
    }
  }
  const count = days * tasksADay;
  return {
    skill,
    types: Array.from({ length: count }, () => types[Math.floor(random.uniform() * types.length)] ?? types[0]),
    luck: Array.from({ length: count }, () => agents.map(() => random.uniform())),
  };
}

const config = {
  agents: Object.fromEntries(agents.map((agent) => [agent, { types: [...types], capacity: 100 }])),
  scheduling: { enabled: false, rules: [] },
  retries: { max_attempts: 1 },
  routing: {
    strategy: 'v1',
    rules: agents.flatMap((agent) => types.map((keyword) => ({ agent, keyword, weight: 0.8, on: 'type' }))),
  },
};

/** Share of the month's tasks that succeeded. */
function month(world: World, rhythm: Rhythm): number {
  const s = new Scenario(config);
  let right = 0;
  for (let day = 0; day < days; day++) {
    if (rhythm !== null && day > 0 && day % rhythm === 0) s.run('reuben', 'optimize_routing', { apply: true });
    const queued = Array.from({ length: tasksADay }, (_, n) => {
      const index = day * tasksADay + n;
      const type = world.types[index] ?? types[0];
      return { index, type, task: s.queue(`Task ${index} of the month`, { to_agent: 'auto', type }) };
    });
    s.pass(60);
    for (const { index, type, task } of queued) {
      const who = task.to_agent;
      if (who === null) throw new Error(`Expected ${task.task_id} to be given to an agent, got nobody`);
      const place = agents.findIndex((agent) => agent === who);
      const succeeds = (world.luck[index]?.[place] ?? 1) < (world.skill.get(`${who}/${type}`) ?? 0);
      s.claim(who, task.task_id);
      if (succeeds) s.complete(who, task.task_id);
      else s.fail(who, task.task_id);
      if (succeeds) right += 1;
    }
    s.pass(23 * 60);
  }
  return right / (days * tasksADay);
}

/** Best possible: each task to the agent who is best at its type. */
function oracle({ skill, types: wanted }: World): number {
  const best = wanted.map((type) => Math.max(...agents.map((agent) => skill.get(`${agent}/${type}`) ?? 0)));
  return best.reduce((sum, rate) => sum + rate, 0) / best.length;
}

function summary(values: readonly number[]): { readonly mean: number; readonly low: number; readonly high: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const error = 1.96 * Math.sqrt(variance / values.length);
  return { mean, low: mean - error, high: mean + error };
}

const begun = performance.now();
const worlds = Array.from({ length: seeds }, (_, n) => worldOf(20_260_206 + n));
const off = worlds.map((world) => month(world, null));
const rows = ([7, 1] as const).map((rhythm) => {
  const on = worlds.map((world) => month(world, rhythm));
  const difference = summary(on.map((rate, n) => rate - (off[n] ?? 0)));
  return { optimised: rhythm === 7 ? 'weekly' : 'daily', on: summary(on).mean, off: summary(off).mean, difference };
});
const best = summary(worlds.map(oracle)).mean;
const seconds = Math.round((performance.now() - begun) / 1_000);

const percent = (share: number): string => (100 * share).toFixed(1);
console.log(`${seeds} paired months of ${days * tasksADay} tasks; % that succeeded\n`);
console.log(
  '| optimised | on | off | difference | 95% interval | best possible |\n| --- | ---: | ---: | ---: | --- | ---: |',
);
for (const {
  optimised,
  on,
  off: without,
  difference: { mean, low, high },
} of rows) {
  console.log(
    `| ${optimised} | ${percent(on)} | ${percent(without)} | ${percent(mean)} | ${percent(low)} to ${percent(high)} | ${percent(best)} |`,
  );
}
const missed = rows.filter(({ difference }) => !(difference.low > 0));
console.log(`\n${rows.length - missed.length} of ${rows.length} targets met: the interval above 0. ${seconds} s`);
if (missed.length > 0) process.exitCode = 1;
else if (values.seeds === undefined) {
  mkdirSync('bench/results', { recursive: true });
  const results = { date: new Date().toISOString(), node: process.version, seeds, days, tasksADay, best, rows };
  writeFileSync('bench/results/month.json', `${JSON.stringify(results, null, 2)}\n`);
}
