import { describe, expect, test } from 'vitest';
import { leastTracked } from '../../src/routing/calibration.ts';
import type { Availability } from '../../src/routing/strategies.ts';
import { Router } from '../../src/routing/router.ts';
import { outcomesForLearned, strategies } from '../../src/routing/strategies.ts';
import { madeAgents, makeTasks } from '../support/routing-tasks.ts';

const rules = [
  { agent: 'kimi', keyword: 'deploy', weight: 0.8 },
  { agent: 'kimi', keyword: 'server', weight: 0.5 },
  { agent: 'claude', keyword: 'research', weight: 0.8 },
];

function taught(count: number): Router {
  const router = new Router({ agents: madeAgents, rules });
  for (const { text, agent } of makeTasks(count, 1)) router.learn({ text, agent, lesson: 'label' });
  return router;
}

describe('without any history', () => {
  const router = new Router({ agents: madeAgents, rules, defaultAgent: 'copilot' });

  test('v1 scores by the rules that fire', () => {
    const decision = router.decide({ text: 'Deploy the server', strategy: 'v1' });
    expect(decision).toMatchObject({ agent: 'kimi', method: 'v1', probability: 1, outcomes: 0, novelty: null });
    expect(decision.confidence).toBeCloseTo(0.9);
    expect(decision.rules.map(({ keyword }) => keyword)).toEqual(['deploy', 'server']);
  });

  test('v1 gives what no rule knows to the default agent, with confidence 0', () => {
    expect(router.decide({ text: 'water the plants', strategy: 'v1' })).toMatchObject({
      agent: 'copilot',
      confidence: 0,
    });
  });

  test('auto is v2, and v2 has only its rules', () => {
    const decision = router.decide({ text: 'deploy it' });
    expect(decision).toMatchObject({ agent: 'kimi', method: 'v2' });
    expect(decision.score).toBeCloseTo(0.6 * 0.8);
  });

  test('learned starts from the rules', () => {
    expect(router.decide({ text: 'research a thing', strategy: 'learned' }).agent).toBe('claude');
  });

  test('every strategy defines what an empty text means', () => {
    for (const strategy of strategies) {
      expect(router.decide({ text: '', strategy })).toMatchObject({
        agent: 'copilot',
        novelty: 1,
        terms: [],
        nearest: [],
      });
    }
  });

  test('a router without agents sends everything to the inbox', () => {
    const empty = new Router({ agents: [] });
    expect(empty.decide({ text: 'anything' })).toMatchObject({ agent: null, confidence: 0, probability: null });
  });
});

describe('the plan’s formula', () => {
  test('adds similarity by the outcomes so far, and the bonus', () => {
    const router = new Router({ agents: ['a', 'b'], rules: [{ agent: 'b', keyword: 'report', weight: 0.5 }] });
    for (let at = 0; at < 8; at += 1) router.learn({ text: 'quarterly report', agent: 'a', lesson: 'success' });
    for (let at = 0; at < 2; at += 1) router.learn({ text: 'something else', agent: 'a', lesson: 'failure' });
    const { ranking } = router.decide({ text: 'quarterly report', strategy: 'v2' });
    const [first, second] = ranking;
    expect(first).toMatchObject({ agent: 'b', parts: { rules: 0.5, similarity: 0, bonus: 0 } });
    expect(first?.score).toBeCloseTo(0.6 * 0.5);
    expect(second?.score).toBeCloseTo(0.4 * 1 * (10 / 100) + (0.8 - 0.8) * 0.1);
  });

  test('ignores failures when it looks for similar tasks', () => {
    const router = new Router({ agents: ['a', 'b'] });
    for (let at = 0; at < 5; at += 1) router.learn({ text: 'fix the login page', agent: 'a', lesson: 'failure' });
    const own = router
      .decide({ text: 'fix the login page', strategy: 'v2' })
      .ranking.find(({ agent }) => agent === 'a');
    expect(own?.parts.similarity).toBe(0);
  });
});

describe('with a history', () => {
  const router = taught(200);

  test('auto is learned, and right about tasks it has not seen', () => {
    const tasks = makeTasks(100, 2);
    const right = tasks.filter(({ text, agent }) => router.decide({ text }).agent === agent).length;
    expect(router.decide({ text: 'x' }).method).toBe('learned');
    expect(right).toBeGreaterThanOrEqual(98);
  });

  test('a decision says why', () => {
    const decision = router.decide({ text: 'migrate the database before noon' });
    expect(decision.agent).toBe('kimi');
    expect(
      decision.terms
        .slice(0, 2)
        .map(({ term }) => term)
        .sort(),
    ).toEqual(['database', 'migrate']);
    expect(decision.nearest[0]).toMatchObject({ agent: 'kimi', lesson: 'label' });
    expect(decision.nearest[0]?.cosine).toBeGreaterThan(0.7);
    expect(decision.runner_up?.agent).not.toBe('kimi');
    expect(decision.confidence).toBeGreaterThan(0.8);
    expect(decision.outcomes).toBe(200);
  });

  test('what tells nothing by itself is no evidence', () => {
    for (const text of ['migrate the database before the noon', 'implement the class and the module on the page']) {
      const terms = router.decide({ text }).terms.map(({ term }) => term);
      expect(terms.length).toBeGreaterThan(0);
      for (const word of ['the', 'and', 'on', 'before']) expect(terms).not.toContain(word);
    }
  });

  test('a text unlike any other is more novel than a usual one', () => {
    const usual = router.decide({ text: 'deploy the cluster today' });
    const odd = router.decide({ text: 'how many giraffes fit into a violin' });
    expect(odd.novelty).toBeGreaterThan(usual.novelty ?? 1);
    expect(odd.novelty).toBeGreaterThan(0.9);
    expect(odd.confidence).toBeLessThan(usual.confidence);
  });

  test('deciding changes nothing', () => {
    const first = router.decide({ text: 'classify the transcript' });
    router.decide({ text: 'another text', strategy: 'v2' });
    expect(router.decide({ text: 'classify the transcript' })).toEqual(first);
  });

  test('a forced agent is recorded as forced', () => {
    const decision = router.decide({ text: 'deploy the cluster', force: 'ollama' });
    expect(decision).toMatchObject({ agent: 'ollama', method: 'forced', probability: null, explored: false });
    expect(router.decide({ text: 'x', force: 'nobody-known' })).toMatchObject({ agent: 'nobody-known', confidence: 0 });
  });

  test('names the agent it would have preferred where that one is away', () => {
    const availability = new Map<string, Availability>([['kimi', { status: 'standby', free: 3, fallback: 'copilot' }]]);
    const decision = router.decide({ text: 'deploy the cluster', availability });
    expect(decision).toMatchObject({ agent: 'copilot', instead_of: 'kimi' });
  });

  test('every agent offline leaves it to the operator, with the suggestion’s confidence', () => {
    const availability = new Map<string, Availability>(
      madeAgents.map((agent) => [agent, { status: 'offline', free: 3 }]),
    );
    const decision = router.decide({ text: 'deploy the cluster', availability });
    expect(decision).toMatchObject({ agent: null, probability: null });
    expect(decision.ranking[0]?.agent).toBe('kimi');
  });

  test('a bonus moves the score, not the confidence', () => {
    const plain = router.decide({ text: 'deploy the cluster' });
    const boosted = router.decide({ text: 'deploy the cluster', bonus: new Map([['kimi', 0.05]]) });
    expect(boosted.score).toBeCloseTo(plain.score + 0.05);
    expect(boosted.confidence).toBe(plain.confidence);
  });

  test('shares and exploration give the probability of the choice', () => {
    const strategy = [
      { strategy: 'v1', share: 1 },
      { strategy: 'learned', share: 1 },
    ] as const;
    const decision = router.decide({ text: 'deploy the cluster', strategy, exploration: 0.2, uniform: 0.9 });
    expect(decision.agent).toBe('kimi');
    expect(decision.probability).toBeCloseTo(0.8 + 0.2 / madeAgents.length);
  });

  test('an agent that joins can be chosen, one that leaves cannot, and remembers', () => {
    const changing = taught(120);
    changing.configure({ agents: ['claude', 'copilot', 'ollama', 'newcomer'], rules });
    expect(changing.decide({ text: 'deploy the cluster' }).ranking.map(({ agent }) => agent)).not.toContain('kimi');
    for (let at = 0; at < 30; at += 1) changing.learn({ text: 'knit a scarf', agent: 'newcomer', lesson: 'label' });
    expect(changing.decide({ text: 'knit a scarf' }).agent).toBe('newcomer');
    changing.configure({ agents: madeAgents, rules });
    expect(changing.decide({ text: 'deploy the cluster' }).agent).toBe('kimi');
  });
});

describe('among some of the agents', () => {
  const router = taught(200);
  const text = 'deploy the cluster';

  test('only they are ranked, chosen, explored and named as the runner-up', () => {
    const among = ['claude', 'ollama'];
    for (const strategy of strategies) {
      const decision = router.decide({ text, strategy, among, comparePicks: true });
      expect(among).toContain(decision.agent);
      expect(decision.ranking.map(({ agent }) => agent).sort()).toEqual(among);
      expect(among).toContain(decision.runner_up?.agent);
      for (const picked of Object.values(decision.picks)) expect(among).toContain(picked);
      expect(decision.instead_of).toBeNull();
    }
    for (const uniform of [0.1, 0.6, 0.9]) {
      const decision = router.decide({ text, among, exploration: 1, uniform });
      expect(among).toContain(decision.agent);
      expect(decision.probability).toBeCloseTo(0.5);
    }
  });

  test('nobody is chosen where none of them can', () => {
    const availability = new Map<string, Availability>([['claude', { status: 'offline', free: 1 }]]);
    expect(router.decide({ text, among: ['claude', 'stranger'], availability })).toMatchObject({
      agent: null,
      probability: null,
    });
    expect(router.decide({ text, among: [] })).toMatchObject({ agent: null, ranking: [], runner_up: null });
  });

  test('a forced agent need not be one of them', () => {
    const decision = router.decide({ text, among: ['claude'], force: 'kimi' });
    expect(decision.agent).toBe('kimi');
    expect(decision.confidence).toBeGreaterThan(0.8);
  });
});

describe('of agents with equal scores', () => {
  const loads = (entries: readonly (readonly [string, number])[]) =>
    new Map<string, Availability>(entries.map(([agent, load]) => [agent, { status: 'available', free: 9, load }]));

  test('the least loaded goes first, then the default agent, then the roster’s order', () => {
    const rules = ['a', 'b', 'c', 'd'].map((agent) => ({ agent, keyword: 'anything', weight: 0.4 }));
    const router = new Router({ agents: ['a', 'b', 'c', 'd'], rules, defaultAgent: 'c' });
    const order = (availability: Map<string, Availability>): string[] =>
      router.decide({ text: 'anything', strategy: 'v1', availability }).ranking.map(({ agent }) => agent);
    expect(order(new Map())).toEqual(['c', 'a', 'b', 'd']);
    expect(
      order(
        loads([
          ['a', 2],
          ['b', 1],
          ['c', 2],
        ]),
      ),
    ).toEqual(['d', 'b', 'c', 'a']);
    router.configure({ agents: ['d', 'c', 'b', 'a'], rules, defaultAgent: 'c' });
    expect(order(new Map())).toEqual(['c', 'd', 'b', 'a']);
  });

  test('a difference in the last digits is none, any other counts more than load', () => {
    const router = new Router({
      agents: ['a', 'b', 'c'],
      rules: [
        { agent: 'a', keyword: 'report', weight: 0.3 },
        { agent: 'b', keyword: 'report', weight: 0.3 - 1e-10 },
        { agent: 'c', keyword: 'report', weight: 0.299 },
      ],
    });
    const decision = router.decide({
      text: 'report',
      strategy: 'v1',
      availability: loads([
        ['a', 3],
        ['b', 2],
        ['c', 0],
      ]),
    });
    expect(decision.ranking.map(({ agent }) => agent)).toEqual(['b', 'a', 'c']);
  });
});

describe('what each method picks', () => {
  const wrong = [{ agent: 'claude', keyword: 'deploy', weight: 0.9 }];
  const router = new Router({ agents: madeAgents, rules: wrong });
  for (const { text, agent } of makeTasks(200, 1)) router.learn({ text, agent, lesson: 'label' });

  test('is told for all when asked, and agrees with asking each', () => {
    const availability = new Map<string, Availability>([['kimi', { status: 'busy', free: 0 }]]);
    for (const text of ['deploy the cluster', 'research the paper', 'x']) {
      const { picks } = router.decide({ text, availability, comparePicks: true });
      for (const strategy of ['v1', 'v2', 'learned'] as const) {
        expect(picks[strategy]).toBe(router.decide({ text, availability, strategy }).agent);
      }
    }
    expect(router.decide({ text: 'deploy the cluster', comparePicks: true }).picks).toMatchObject({
      v1: 'claude',
      learned: 'kimi',
    });
  });

  test('is otherwise told for those with a share', () => {
    expect(router.decide({ text: 'deploy the cluster' }).picks).toEqual({ learned: 'kimi' });
    const strategy = [
      { strategy: 'v1', share: 1 },
      { strategy: 'learned', share: 0 },
    ] as const;
    expect(router.decide({ text: 'deploy the cluster', strategy }).picks).toEqual({ v1: 'claude' });
  });

  test('is nobody where nobody can', () => {
    const picks = { v1: null, v2: null, learned: null };
    expect(router.decide({ text: 'deploy', among: [], comparePicks: true }).picks).toEqual(picks);
  });
});

test('novelty is told only while the learned model has a say, and for a text without words', () => {
  const few = taught(leastTracked - 1);
  expect(few.decide({ text: 'deploy', strategy: 'learned' }).novelty).toBeNull();
  expect(few.decide({ text: '?!', strategy: 'learned' }).novelty).toBe(1);
  const enough = taught(leastTracked);
  expect(enough.decide({ text: 'deploy', strategy: 'learned' }).novelty).not.toBeNull();
  for (const strategy of ['v1', 'v2', 'auto'] as const) {
    expect(enough.decide({ text: 'deploy', strategy }).novelty).toBeNull();
    expect(enough.decide({ text: '?!', strategy }).novelty).toBe(1);
  }
});

test('the plan’s bonus may come from outside', () => {
  const router = taught(100);
  const parts = (planBonus?: Map<string, number>): number[] =>
    router
      .decide({ text: 'x', strategy: 'v2', ...(planBonus === undefined ? {} : { planBonus }) })
      .ranking.map(({ parts: { bonus } }) => bonus);
  for (const bonus of parts()) expect(bonus).toBeCloseTo(0.02);
  expect(parts(new Map([['claude', 0.01]]))).toEqual([0.01, 0, 0, 0]);
});

describe('work sent back', () => {
  const text = 'deploy the cluster';

  test('counts as a failure instead of the success it was', () => {
    const router = new Router({ agents: ['kimi', 'claude'] });
    for (const id of ['one', 'two', 'three']) {
      router.learn({ text, type: 'deployment', agent: 'kimi', lesson: 'success', id });
    }
    const before = router.decide({ text, strategy: 'learned' });
    expect(router.learn({ text, type: 'deployment', agent: 'kimi', lesson: 'sent-back', id: 'two' })).toBe(true);
    const after = router.decide({ text, strategy: 'learned' });
    const { counts } = router.learner;
    expect(counts.get('kimi', null)).toEqual({ successes: 2, failures: 1 });
    expect(counts.get('kimi', 'deployment')).toEqual({ successes: 2, failures: 1 });
    expect(after.outcomes).toBe(3);
    expect(after.nearest.map(({ id, lesson }) => [id, lesson])).toContainEqual(['two', 'sent-back']);
    expect(after.ranking.find(({ agent }) => agent === 'kimi')?.confidence).toBeLessThan(
      before.ranking.find(({ agent }) => agent === 'kimi')?.confidence ?? 0,
    );
  });

  test('is learned as a failure where the success is not known any more, and never counts below none', () => {
    const router = new Router({ agents: ['kimi', 'claude'] });
    router.learn({ text, agent: 'kimi', lesson: 'failure' });
    router.learn({ text, agent: 'kimi', lesson: 'sent-back', id: 'gone' });
    expect(router.learner.counts.get('kimi', null)).toEqual({ successes: 0, failures: 1 });
    const { ranking } = router.decide({ text, strategy: 'v2' });
    for (const { parts } of ranking) expect(parts.similarity).toBe(0);
  });

  test('teaches nothing about the other agents', () => {
    const router = new Router({ agents: ['kimi', 'claude'], settings: { replays: 0 } });
    router.learn({ text, agent: 'claude', lesson: 'success', id: 'one' });
    router.learn({ text, agent: 'kimi', lesson: 'sent-back', id: 'one' });
    expect(router.learner.counts.get('claude', null)).toEqual({ successes: 1, failures: 0 });
    expect(router.learner.examples.get(0)?.lesson).toBe('success');
  });
});

test('auto changes to learned at the sixtieth outcome', () => {
  expect(taught(outcomesForLearned - 1).decide({ text: 'deploy' }).method).toBe('v2');
  expect(taught(outcomesForLearned).decide({ text: 'deploy' }).method).toBe('learned');
});

test('a wrong rule is unlearned from the outcomes of the chosen agent alone', () => {
  const wrong = [
    { agent: 'claude', keyword: 'deploy', weight: 0.9 },
    { agent: 'kimi', keyword: 'research', weight: 0.9 },
  ];
  const share = (strategy: 'v1' | 'v2' | 'learned'): number => {
    const router = new Router({ agents: madeAgents, rules: wrong });
    const successes = makeTasks(600, 5).map((task) => {
      const { agent } = router.decide({ text: task.text, strategy });
      const success = agent === task.agent;
      router.learn({ text: task.text, agent: agent ?? '', lesson: success ? 'success' : 'failure' });
      return success;
    });
    return successes.slice(-200).filter((success) => success).length / 200;
  };
  const learned = share('learned');
  expect(learned).toBeGreaterThan(share('v1') + 0.05);
  expect(learned).toBeGreaterThan(share('v2') + 0.05);
});

describe('a choice in doubt', () => {
  const doubts = { firstOfType: false, belowConfidence: 0.5, aboveNovelty: 0.98, then: 'rules' } as const;
  const router = taught(200);
  // "please" and "today" say nothing about the agent; "server" is a word of a rule for kimi.
  const unclear = 'please today server classify';

  test('is said, with the reason that comes first', () => {
    const of = (more: object, text = 'deploy the server'): unknown =>
      router.decide({ text, strategy: 'learned', doubts: { ...doubts, then: 'keep', ...more } }).doubt;
    expect(of({})).toBeNull();
    expect(of({ firstOfType: true, belowConfidence: 1 })).toBe('first-of-type');
    expect(of({ belowConfidence: 1, aboveNovelty: 0 })).toBe('novel');
    expect(of({ belowConfidence: 1 })).toBe('low-confidence');
    expect(of({}, '?!')).toBe('novel');
    expect(router.decide({ text: '?!', strategy: 'learned' }).doubt).toBeNull();
  });

  test('is not a matter of novelty while the learned model has no say', () => {
    expect(router.decide({ text: 'deploy', strategy: 'v1', doubts: { ...doubts, aboveNovelty: 0 } }).doubt).toBeNull();
  });

  test('is decided by a rule that fires where the text is unlike any learned, and recorded as its choice', () => {
    const policy = { ...doubts, aboveNovelty: 0 };
    const kept = router.decide({ text: unclear, strategy: 'learned', doubts: { ...policy, then: 'keep' } });
    const ruled = router.decide({ text: unclear, strategy: 'learned', doubts: policy });
    expect(kept).toMatchObject({ method: 'learned', doubt: 'novel' });
    expect(ruled).toMatchObject({ method: 'v1', agent: 'kimi', doubt: 'novel', probability: 1 });
    expect(ruled.confidence).toBeCloseTo(0.5);
    expect(ruled.picks.learned).toBe(kept.agent);
    expect(router.decide({ text: 'knit', strategy: 'learned', doubts: policy }).method).toBe('learned');
  });

  test('is left to the learned models where they have seen the like: the rules are among what they know', () => {
    const policy = { ...doubts, belowConfidence: 1 };
    expect(router.decide({ text: 'deploy the server', strategy: 'learned', doubts: policy })).toMatchObject({
      method: 'learned',
      doubt: 'low-confidence',
    });
    expect(router.decide({ text: 'deploy the server', strategy: 'v2', doubts: policy })).toMatchObject({
      method: 'v1',
      doubt: 'low-confidence',
    });
  });

  test('counts in the probability as the agent it comes to', () => {
    const decision = router.decide({
      text: unclear,
      strategy: [
        { strategy: 'v1', share: 0.3 },
        { strategy: 'learned', share: 0.7 },
      ],
      doubts: { ...doubts, aboveNovelty: 0 },
    });
    expect(decision).toMatchObject({ agent: 'kimi', probability: 1 });
  });

  test('stays with chance where the choice is explored, and with the person where it is forced', () => {
    const policy = { ...doubts, belowConfidence: 1 };
    expect(router.decide({ text: unclear, doubts: policy, exploration: 0.5, uniform: 0.1 })).toMatchObject({
      explored: true,
      method: 'learned',
    });
    expect(router.decide({ text: unclear, doubts: policy, force: 'ollama' })).toMatchObject({
      agent: 'ollama',
      method: 'forced',
      doubt: null,
    });
  });
});

test('the fallback of an agent on standby takes its work although it is not asked for itself', () => {
  const availability = new Map([['claude', { status: 'standby', free: 3, fallback: 'kimi' }]] as const);
  const request = { text: 'research a thing', among: ['claude'], availability };
  expect(taught(80).decide(request)).toMatchObject({ agent: 'kimi', instead_of: 'claude' });
  expect(taught(80).decide({ ...request, exploration: 1 }).explored).toBe(false);
});

test('what nothing speaks for goes to the default agent however much it has to do', () => {
  const loads = new Map([['copilot', { status: 'available', free: 0, load: 40 }]] as const);
  const router = new Router({ agents: madeAgents, rules, defaultAgent: 'copilot' });
  const full = new Map([['copilot', { status: 'available', free: 1, load: 40 }]] as const);
  expect(router.decide({ text: 'water the plants', strategy: 'v1', availability: full }).agent).toBe('copilot');
  expect(router.decide({ text: 'water the plants', strategy: 'v1', availability: loads }).agent).toBe(madeAgents[0]);
});
