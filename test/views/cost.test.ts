/** What runs cost, beside the probability of success, and what preferring the cheaper agent saves. */
import { expect, test } from 'vitest';
import { renderCost } from '../../src/cli/render/render-cost.ts';
import { renderRouting } from '../../src/cli/render/render-routing.ts';
import { plain } from '../../src/cli/terminal.ts';
import { costParts } from '../../src/domain/metrics/metrics.ts';
import { costView } from '../../src/views/cost-view.ts';
import { adviceFor } from '../../src/views/routing-view.ts';
import { fullRouting } from '../../src/views/task-views.ts';
import { type InMemory, inMemory } from '../support/in-memory.ts';

const config = { agents: { dear: { types: ['testing'] }, cheap: { types: ['testing'] } } };

async function twoAgents(): Promise<InMemory> {
  const one = await inMemory(config);
  for (let at = 0; at < 80; at += 1) {
    const agent = at % 2 === 0 ? 'dear' : 'cheap';
    const description = `run the suite of module ${at % 5}`;
    await one.call('reuben', 'record_outcome', { agent, type: 'testing', success: true, description });
  }
  return one;
}

/** As the ends of runs count them. */
function price({ federation }: InMemory, agent: string, runs: number, dollars: number): void {
  for (const key of [agent, `${agent}/testing`]) {
    const row = federation.state().metrics.runs.at(key);
    row.add('runs', runs);
    row.add('priced', runs);
    row.add('cost', runs * dollars * costParts);
  }
}

const asked = { description: 'run the suite of module 3', type: 'testing' };

test('without costs nobody is preferred for being cheap, and nothing is said of costs', async () => {
  const one = await twoAgents();
  const routing = fullRouting(await adviceFor(one.federation, asked));
  expect(routing).not.toHaveProperty('costs');
  expect(routing).not.toHaveProperty('cheaper');
  expect(await costView(one.federation)).toMatchObject({ rows: [], replay: [] });
});

test('the cheaper of nearly equal agents is chosen, and every page says what it costs', async () => {
  const one = await twoAgents();
  const { agent: first } = await adviceFor(one.federation, asked);
  const other = first === 'dear' ? 'cheap' : 'dear';
  price(one, first ?? '', 5, 2);
  price(one, other, 2, 0.5);
  // Two runs say too little.
  expect(await adviceFor(one.federation, asked)).toMatchObject({ agent: first });
  price(one, other, 1, 0.5);
  const advice = await adviceFor(one.federation, asked);
  expect(advice).toMatchObject({ agent: other, cheaper: { instead_of: first, cost: 0.5, its_cost: 2 } });
  expect(advice.reason).toMatch(new RegExp(String.raw`cheaper than ${first} \(\$0\.50 against \$2\.00 a run\)`));
  const page = renderRouting(fullRouting(advice), true, plain);
  expect(page).toMatch(new RegExp(String.raw`AGENT +PROBABILITY +COST A RUN\n${first} +\d+% +\$2\.00\n${other}`));

  const { rows, replay } = await costView(one.federation);
  expect(rows).toMatchObject([
    { agent: first, type: 'testing', runs: 5, cost: 10, cost_per_run: 2 },
    { agent: other, type: 'testing', runs: 3, cost: 1.5, cost_per_run: 0.5 },
  ]);
  expect(replay.map(({ margin }) => margin)).toEqual([0.01, 0.03, 0.05, 0.1]);
  const [least, configured, , most] = replay;
  // Of 80 outcomes the first 60 are before the learned models decide.
  expect(configured).toMatchObject({ configured: true, tasks: 20 });
  expect(most?.moved).toBeGreaterThan(0);
  expect(most?.saved).toBeCloseTo(1.5 * (most?.moved ?? 0), 9);
  expect(most?.moved).toBeGreaterThanOrEqual(least?.moved ?? 0);
  expect(renderCost({ rows, replay, next: '' }, plain)).toMatch(/MARGIN .*SAVED.*SUCCESSES LOST/);
});
