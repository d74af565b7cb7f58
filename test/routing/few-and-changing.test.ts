import { describe, expect, test } from 'vitest';
import { Random } from '../../src/routing/hash.ts';
import { loadLearner, type RoutingOutcome, Router, saveLearner } from '../../src/routing/index.ts';

function outcome(type: string | null, agent: string, success: boolean, at = 0): RoutingOutcome {
  return { text: `run the regression suite of module ${at % 7}`, type, agent, lesson: success ? 'success' : 'failure' };
}

describe('an agent that changed', () => {
  test.each([
    ['testing', 200, 8],
    [null, 200, 8],
    ['testing', 1000, 12],
    [null, 1000, 12],
  ] as const)('of type %s is left after %d successes within %d failures', (type, successes, most) => {
    const router = new Router({ agents: ['a', 'b'] });
    for (let at = 0; at < successes; at += 1) router.learn(outcome(type, 'a', true, at));
    let failures = 0;
    while (failures <= most && router.decide({ text: 'run the regression suite', type }).agent === 'a') {
      router.learn(outcome(type, 'a', false, failures));
      failures += 1;
    }
    expect(failures).toBeLessThanOrEqual(most);
    expect(failures).toBeGreaterThan(1);
  });

  test('keeps its other types', () => {
    const router = new Router({ agents: ['a', 'b'] });
    for (let at = 0; at < 100; at += 1) {
      router.learn(outcome('testing', 'a', true, at));
      router.learn({ text: `write the chapter on module ${at % 7}`, type: 'docs', agent: 'a', lesson: 'success' });
    }
    for (let at = 0; at < 8; at += 1) router.learn(outcome('testing', 'a', false, at));
    expect(router.decide({ text: 'run the regression suite', type: 'testing' }).agent).toBe('b');
    expect(router.decide({ text: 'write the chapter on module 3', type: 'docs' }).agent).toBe('a');
  });
});

describe('an agent that is hardly known', () => {
  /** Chance of each to do it well. */
  function play(chances: { readonly a: number; readonly b: number }, optimism: boolean, seed: number): number {
    const random = new Random(seed);
    const router = new Router({ agents: ['a', 'b'] });
    let tries = 0;
    for (let at = 0; at < 300; at += 1) {
      const { agent } = router.decide({ text: 'run the nightly suite', type: 'testing', optimism });
      const chosen = agent === 'b' ? 'b' : 'a';
      if (chosen === 'b') tries += 1;
      const lesson = random.next() < chances[chosen] ? 'success' : 'failure';
      router.learn({ text: 'run the nightly suite', type: 'testing', agent: chosen, lesson });
    }
    return tries;
  }

  test('is tried where the known one does only fairly, and kept where it does better', () => {
    for (const seed of [1, 2, 3]) expect(play({ a: 0.8, b: 1 }, true, seed)).toBeGreaterThan(200);
  });

  test('is tried at most until it fails once where the known one always does well', () => {
    expect(play({ a: 1, b: 0 }, true, 1)).toBeLessThanOrEqual(1);
  });

  test('gets no lead from a type of which nobody knows much: what the words say decides', () => {
    const router = new Router({ agents: ['a', 'b', 'c'] });
    for (const page of [1, 2, 3]) {
      const text = `Translate the handbook, page ${page}`;
      router.learn({ text, type: null, agent: 'b', lesson: 'success' });
    }
    expect(router.decide({ text: 'Translating handbooks', type: null, optimism: true }).agent).toBe('b');
  });

  test('is tried again after an unlucky start, where the known one has long been only fair', () => {
    const chances = { a: 0.8, b: 0.95 };
    const random = new Random(3_333);
    const router = new Router({ agents: ['a', 'b'] });
    const request = { text: 'Run the nightly regression suite', type: 'testing' };
    const choices = Array.from({ length: 500 }, () => {
      const went = { a: random.next() < chances.a, b: random.next() < chances.b };
      const agent = router.decide({ ...request, optimism: true }).agent === 'b' ? 'b' : 'a';
      router.learn({ ...request, agent, lesson: went[agent] ? 'success' : 'failure' });
      return agent;
    });
    expect(choices.slice(0, 100)).toContain('a');
    expect(choices.slice(300).filter((agent) => agent === 'b').length).toBeGreaterThan(190);
  });

  test('is left in peace without optimism', () => {
    const router = new Router({ agents: ['a', 'b'] });
    for (let at = 0; at < 80; at += 1) router.learn(outcome('testing', 'a', at % 5 !== 0, at));
    const request = { text: 'run the regression suite of module 3', type: 'testing' };
    expect(router.decide(request).agent).toBe('a');
    expect(router.decide({ ...request, optimism: true }).agent).toBe('b');
  });
});

describe('the text', () => {
  function play(isTelling: boolean): Router {
    const random = new Random(11);
    const router = new Router({ agents: ['a', 'b'] });
    for (let at = 0; at < 200; at += 1) {
      const isFront = random.next() < 0.5;
      const agent = random.next() < 0.5 ? 'a' : 'b';
      const chance = isTelling ? ((agent === 'a') === isFront ? 0.95 : 0.1) : 0.5;
      const text = isFront ? 'style the button on the page' : 'index the table in the database';
      router.learn({ text, type: 'code', agent, lesson: random.next() < chance ? 'success' : 'failure' });
    }
    return router;
  }

  test('decides within a type where it foretold outcomes better than the record of each agent', () => {
    const router = play(true);
    expect(router.learner.textTrust.of('code')).toBeGreaterThan(0.9);
    expect(router.decide({ text: 'style another button', type: 'code', optimism: true }).agent).toBe('a');
    expect(router.decide({ text: 'another table of the database', type: 'code', optimism: true }).agent).toBe('b');
  });

  test('is not gone by where outcomes are chance', () => {
    expect(play(false).learner.textTrust.of('code')).toBeLessThan(0.5);
  });
});

test('records, trust in the text, intercepts, changes and repeatability are saved: a restored router goes on the same', async () => {
  const random = new Random(5);
  const router = new Router({ agents: ['a', 'b'] });
  const some = (at: number): RoutingOutcome =>
    outcome(at % 3 === 0 ? null : 'testing', at % 2 === 0 ? 'a' : 'b', random.next() < 0.7, at);
  for (let at = 0; at < 150; at += 1) router.learn(some(at));
  for (let at = 0; at < 9; at += 1) router.learn(outcome('testing', 'a', false, at));
  const restored = await loadLearner(await saveLearner(router.learner), ['a', 'b'], []);
  expect(restored).not.toBeNull();
  if (restored === null) return;
  const again = new Router({ agents: ['a', 'b'] }, restored);
  for (let at = 0; at < 40; at += 1) {
    const next = some(at);
    const request = { text: next.text, type: next.type ?? null, optimism: true };
    expect(again.decide(request)).toEqual(router.decide(request));
    router.learn(next);
    again.learn(next);
  }
});

describe('where runs have a cost', () => {
  const router = new Router({ agents: ['dear', 'cheap'] });
  for (let at = 0; at < 80; at += 1) {
    for (const agent of router.agents) router.learn(outcome('testing', agent, true, at));
  }
  const request = { text: 'run the regression suite', type: 'testing', strategy: 'learned' as const };
  const { agent: first } = router.decide(request);
  const other = first === 'dear' ? 'cheap' : 'dear';
  const costs = new Map([
    [first ?? '', 2],
    [other, 0.5],
  ]);

  test('the cheaper of two that are nearly equal is chosen, and the decision says instead of whom', () => {
    const decision = router.decide({ ...request, costs, costMargin: 0.05 });
    expect(decision).toMatchObject({ agent: other, probability: 1, instead_of: null });
    expect(decision.cheaper).toMatchObject({ agent: other, cost: 0.5, instead_of: first, its_cost: 2 });
  });

  test('nothing changes with a margin of 0, without costs, or for another strategy', () => {
    const apart = new Map(costs).set(first ?? '', 0.1);
    for (const more of [{}, { costs, costMargin: 0 }, { costs: apart, costMargin: 1 }]) {
      expect(router.decide({ ...request, ...more })).toMatchObject({ cheaper: null });
    }
    expect(router.decide({ ...request, strategy: 'v1', costs, costMargin: 1 }).cheaper).toBeNull();
  });
});
