/** Runs the router and the simple methods through worlds in which only the chosen agent's outcome is seen. */
import { Random } from '../../src/routing/hash.ts';
import { Router, type RoutingRule } from '../../src/routing/index.ts';
import { type Chooser, greedyLogistic, thompson, ucb } from './bandits.ts';
import { agents, changeAt, type ChangingWorld, makeWorld, tasksInAll } from './changing-world.ts';
import { hwuSet } from './text-sets.ts';

/** Chances of success of those who were chosen, in percent, and how long it took after the change. */
export interface WorldFigures {
  readonly name: string;
  readonly all: number;
  readonly first500: number;
  readonly before: number;
  readonly after: number;
  /** Tasks after the change from which on 200 are within 7 points of the oracle; all of them where none is. */
  readonly recovery: number;
}

/** Tasks over which recovery is looked at. */
const stretch = 200;
const within = 7;

function figuresOf(name: string, chances: readonly number[], oracle: readonly number[]): WorldFigures {
  const mean = (list: readonly number[], from: number, to: number): number =>
    (100 * list.slice(from, to).reduce((sum, one) => sum + one, 0)) / (to - from);
  let recovery = tasksInAll - changeAt;
  for (let at = changeAt; at + stretch <= tasksInAll; at += 10) {
    if (mean(chances, at, at + stretch) < mean(oracle, at, at + stretch) - within) continue;
    recovery = at - changeAt;
    break;
  }
  return {
    name,
    all: mean(chances, 0, tasksInAll),
    first500: mean(chances, 0, 500),
    before: mean(chances, 500, changeAt),
    after: mean(chances, changeAt, tasksInAll),
    recovery,
  };
}

function run({ tasks }: ChangingWorld, chooser: Chooser): number[] {
  return tasks.map(({ text, topic, chances, outcomes }) => {
    const agent = chooser.choose(text, topic);
    chooser.learn(text, topic, agent, outcomes[agent] ?? false);
    return chances[agent] ?? 0;
  });
}

/** The router as it is shipped, low or normal priority; `typed`: the topic is the task's type. */
function routed(names: readonly string[], rules: readonly RoutingRule[], typed: boolean, share = 1): Chooser {
  const router = new Router({ agents: names, rules });
  const typeOf = (topic: string): string | null => (typed ? topic : null);
  return {
    choose: (text, topic) => {
      const { agent } = router.decide({ text, type: typeOf(topic), strategy: 'auto', optimism: true });
      return names.findIndex((one) => one === agent);
    },
    learn: (text, topic, agent, success) => {
      const lesson = success ? 'success' : 'failure';
      router.learn({ text, type: typeOf(topic), agent: names[agent] ?? '', lesson, share });
    },
  };
}

export function measureChangingWorld(seeds: readonly number[], changes: boolean): WorldFigures[] {
  const { train } = hwuSet();
  const runs = seeds.map((seed) => {
    const world = makeWorld(train, seed, changes);
    const oracle = world.tasks.map(({ chances }) => Math.max(...chances));
    const count = agents.length;
    const choosers: [string, Chooser][] = [
      ['UCB a topic', ucb(count)],
      ['Thompson a topic, discounted 0.995', thompson(count, seed)],
      ['greedy logistic on the text', greedyLogistic(count)],
      ['auto, the topic as type', routed(agents, world.rules, true)],
      ['auto, without types', routed(agents, world.rules, false)],
      ['auto, typed, outcomes only reported', routed(agents, world.rules, true, 0.5)],
    ];
    const all = choosers.map(([name, chooser]) => figuresOf(name, run(world, chooser), oracle));
    return [figuresOf('oracle', oracle, oracle), ...all];
  });
  return (runs[0] ?? []).map(({ name }, place) => {
    const mean = (pick: (one: WorldFigures) => number): number =>
      runs.reduce((sum, one) => sum + pick(one[place] ?? noFigures), 0) / runs.length;
    return {
      name,
      all: mean((one) => one.all),
      first500: mean((one) => one.first500),
      before: mean((one) => one.before),
      after: mean((one) => one.after),
      recovery: mean((one) => one.recovery),
    };
  });
}

const noFigures: WorldFigures = { name: '', all: 0, first500: 0, before: 0, after: 0, recovery: 0 };

const sameText = 'Run the nightly regression suite';

export interface SameTasks {
  readonly name: string;
  /** Realised success over 500 tasks, in percent: the mean, and how many federations reach 93. */
  readonly mean: number;
  readonly reached: number;
  readonly federations: number;
}

/** Identical tasks; one agent does them well in 0.80, the other in 0.95. */
export function measureSameTasks(federations: number): SameTasks[] {
  const chances = [0.8, 0.95];
  const results = new Map<string, number[]>();
  for (let seed = 1; seed <= federations; seed += 1) {
    const choosers: [string, Chooser][] = [
      ['Thompson', thompson(2, seed, 1)],
      ['UCB', ucb(2)],
      ['auto, with a type', routed(['fair', 'good'], [], true)],
      ['auto, without one', routed(['fair', 'good'], [], false)],
    ];
    for (const [name, chooser] of choosers) {
      const random = new Random(seed * 101);
      let right = 0;
      for (let at = 0; at < 500; at += 1) {
        const outcomes = chances.map((chance) => random.next() < chance);
        const agent = chooser.choose(sameText, 'testing');
        const success = outcomes[agent] ?? false;
        right += Number(success);
        chooser.learn(sameText, 'testing', agent, success);
      }
      results.set(name, [...(results.get(name) ?? []), right / 5]);
    }
  }
  return [...results].map(([name, shares]) => ({
    name,
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    reached: shares.filter((share) => share >= 93).length,
    federations,
  }));
}

/** How often an agent fails, after so many successes, before somebody else is chosen. */
export function failuresBeforeLeaving(successes: number, type: string | null, isVaried: boolean): number {
  const router = new Router({ agents: ['old', 'new'] });
  const text = (at: number): string => (isVaried ? `${sameText} of module ${'uvwxyz'[at % 6] ?? ''} ${at}` : sameText);
  for (let at = 0; at < successes; at += 1) router.learn({ text: text(at), type, agent: 'old', lesson: 'success' });
  let failures = 0;
  while (failures < 1_000 && router.decide({ text: text(failures), type }).agent === 'old') {
    router.learn({ text: text(successes + failures), type, agent: 'old', lesson: 'failure' });
    failures += 1;
  }
  return failures;
}
