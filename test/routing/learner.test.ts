import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calibration } from '../../src/routing/calibration.ts';
import { ExampleIndex, hashStems } from '../../src/routing/example-index.ts';
import { Random } from '../../src/routing/hash.ts';
import { agentLimit, Learner } from '../../src/routing/learner.ts';
import { lessons } from '../../src/routing/logistic-models.ts';
import { loadLearner, saveLearner } from '../../src/routing/snapshot.ts';
import { madeAgents, makeTasks } from '../support/routing-tasks.ts';

const rules = [{ agent: 'kimi', keyword: 'deploy', weight: 0.8 }];

function teach(learner: Learner, count: number, seed: number): void {
  const random = new Random(seed);
  for (const { text, agent } of makeTasks(count, seed)) {
    const lesson = lessons[random.below(lessons.length)] ?? 'label';
    learner.learn({ text, agent, lesson, type: random.below(2) === 0 ? 'made' : null, id: `task-${random.below(9)}` });
  }
}

function logitsOf(learner: Learner): number[] {
  return makeTasks(20, 99).flatMap(({ text }) => [...learner.score(learner.read(text, 'made'))]);
}

describe('learning', () => {
  test('is the same for the same history', async () => {
    const [one, other] = [new Learner(madeAgents, rules), new Learner(madeAgents, rules)];
    teach(one, 150, 3);
    teach(other, 150, 3);
    expect(logitsOf(other)).toEqual(logitsOf(one));
    expect((await saveLearner(other)).equals(await saveLearner(one))).toBe(true);
  });

  test('from an outcome moves only its own agent', () => {
    const learner = new Learner(madeAgents, [], { replays: 0 });
    teach(learner, 50, 1);
    const before = learner.score(learner.read('deploy the cluster', null));
    learner.learn({ text: 'deploy the cluster', agent: 'kimi', lesson: 'failure' });
    learner.learn({ text: 'deploy the cluster', agent: 'kimi', lesson: 'failure' });
    const after = learner.score(learner.read('deploy the cluster', null));
    const kimi = learner.columnOf('kimi');
    expect(after[kimi]).toBeLessThan(before[kimi] ?? 0);
    // The others only see how common the words became.
    for (const column of learner.roster) {
      if (column !== kimi) expect(after[column]).toBeCloseTo(before[column] ?? 0, 0);
    }
  });

  test('leaves a rule less of its start with every outcome', () => {
    const learner = new Learner(['kimi', 'claude'], rules, { replays: 0, rate: 0, ridgePart: 0 });
    const advantage = (): number => {
      const [kimi = 0, claude = 0] = learner.score(learner.read('deploy', null));
      return kimi - claude;
    };
    expect(advantage()).toBeCloseTo(0.8 * learner.settings.ruleStart);
    for (let at = 0; at < 200; at += 1) learner.learn({ text: 'water the plants', agent: 'claude', lesson: 'label' });
    expect(advantage()).toBeCloseTo(0.4 * learner.settings.ruleStart);
  });

  test('finds the one word that matters in texts that each have their own number', () => {
    const learner = new Learner(['red', 'blue'], []);
    let right = 0;
    for (let at = 0; at < 200; at += 1) {
      const agent = (at * 7) % 10 < 5 ? 'red' : 'blue';
      const text = `paint it ${agent} number ${(at * 37) % 1_000}`;
      const [red = 0, blue = 0] = learner.score(learner.read(text, null));
      if (at >= 40 && red > blue === (agent === 'red')) right += 1;
      learner.learn({ text, agent, lesson: 'label' });
    }
    expect(right).toBeGreaterThan(150);
  });

  test('survives whatever text comes', () => {
    const learner = new Learner(['a', 'b'], []);
    const texts = [
      '',
      '   ',
      'constructor __proto__ toString',
      '修复登录页面',
      'x'.repeat(100_000),
      'word '.repeat(20_000),
      '\ud800 \0',
    ];
    for (const text of texts) {
      expect(learner.learn({ text, agent: 'a', lesson: 'label' })).toBe(true);
      for (const logit of learner.score(learner.read(text, null))) expect(Number.isFinite(logit)).toBe(true);
    }
  });

  test('keeps every logit finite for any history', () => {
    const outcome = fc.record({
      text: fc.string({ maxLength: 60 }),
      agent: fc.constantFrom('a', 'b', '__proto__'),
      lesson: fc.constantFrom(...lessons),
      id: fc.constantFrom('', 'one', 'two'),
      type: fc.option(fc.constantFrom('x', 'constructor')),
    });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        const learner = new Learner(['a', 'b'], rules, { bits: 10 });
        for (const one of outcomes) learner.learn(one);
        const logits = [...learner.score(learner.read('a text', 'x'))];
        return logits.every(Number.isFinite) && Number.isFinite(learner.calibration.probability(logits[0] ?? 0, 0));
      }),
      { numRuns: 30 },
    );
  });

  test('refuses an agent without a name and more agents than the limit', () => {
    const learner = new Learner([], [], { bits: 8 });
    expect(learner.learn({ text: 'x', agent: '', lesson: 'label' })).toBe(false);
    for (let at = 0; at < agentLimit; at += 1) learner.ensureColumn(`agent-${at}`);
    expect(learner.learn({ text: 'x', agent: 'one-more', lesson: 'label' })).toBe(false);
    expect(learner.outcomes).toBe(0);
  });

  test('knows an agent under a new name as a newcomer that has only its rules', () => {
    const learner = new Learner(madeAgents, rules);
    teach(learner, 60, 1);
    learner.setRoster(madeAgents.map((agent) => (agent === 'kimi' ? 'kimi-2' : agent)));
    learner.setRules([{ agent: 'kimi-2', keyword: 'deploy', weight: 0.8 }]);
    const logitOf = (text: string): number => learner.score(learner.read(text, null))[learner.columnOf('kimi-2')] ?? 0;
    expect(logitOf('deploy the server')).toBeGreaterThan(logitOf('release the cluster'));
    expect(learner.counts.get('kimi-2', null)).toEqual({ successes: 0, failures: 0 });
    expect(learner.counts.get('kimi', null).successes).toBeGreaterThan(0);
  });
});

describe('a snapshot', () => {
  test('restores a learner that goes on exactly like the saved one', async () => {
    const learner = new Learner(madeAgents, rules, { examples: 64 });
    teach(learner, 100, 4);
    const restored = await loadLearner(await saveLearner(learner), madeAgents, rules, { examples: 64 });
    if (restored === null) throw new Error('Expected the snapshot to load');
    expect(logitsOf(restored)).toEqual(logitsOf(learner));
    teach(learner, 50, 5);
    teach(restored, 50, 5);
    expect(logitsOf(restored)).toEqual(logitsOf(learner));
    const reading = learner.read('deploy the cluster', null);
    expect(restored.compare(reading, 5, true)).toEqual(learner.compare(reading, 5, true));
    expect((await saveLearner(restored)).equals(await saveLearner(learner))).toBe(true);
  });

  test('of an empty learner restores an empty learner', async () => {
    expect((await loadLearner(await saveLearner(new Learner([], [])), ['a'], []))?.outcomes).toBe(0);
  });

  test('is refused when damaged, cut off or made with other settings', async () => {
    const learner = new Learner(madeAgents, rules);
    teach(learner, 20, 1);
    const bytes = await saveLearner(learner);
    expect(await loadLearner(bytes.subarray(0, bytes.length - 9), madeAgents, rules)).toBeNull();
    expect(await loadLearner(Buffer.from('no snapshot'), madeAgents, rules)).toBeNull();
    expect(await loadLearner(bytes, madeAgents, rules, { rate: 0.5 })).toBeNull();
  });
});

describe('the index of examples', () => {
  const features = { slots: new Int32Array(3), counts: new Uint8Array(3), groups: new Uint8Array(3) };
  const example = (number: number, words: readonly string[], column: number, success: boolean) => ({
    number,
    id: '',
    text: words.join(' '),
    type: null,
    column,
    lesson: success ? ('success' as const) : ('failure' as const),
    share: 1,
    features,
    rules: new Int32Array(0),
    stems: hashStems(words),
  });
  const wordList = fc.array(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 6 });

  test('finds the cosines that comparing with every example would', () => {
    const item = fc.record({ words: wordList, column: fc.nat({ max: 2 }), success: fc.boolean() });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 40 }), wordList, (items, query) => {
        const index = new ExampleIndex(16, 1_000);
        for (const [at, { words, column, success }] of items.entries()) index.add(example(at, words, column, success));
        index.refresh();
        const kept = items.slice(-16);
        const idf = (word: string): number =>
          1 + Math.log((kept.length + 1) / (kept.filter(({ words }) => words.includes(word)).length + 1));
        const vector = (words: readonly string[]): Map<string, number> => {
          const counts = new Map<string, number>();
          for (const word of words) counts.set(word, (counts.get(word) ?? 0) + idf(word));
          return counts;
        };
        const length = (words: readonly string[]): number => Math.hypot(...vector(words).values());
        const best = [0, 0, 0];
        for (const { words, column, success } of kept) {
          if (!success) continue;
          const other = vector(words);
          let dot = 0;
          for (const [word, weight] of vector(query)) dot += weight * (other.get(word) ?? 0);
          best[column] = Math.max(best[column] ?? 0, dot / (length(words) * length(query)));
        }
        const found = index.compare(hashStems(query), 3, 5, true);
        return best.every((cosine, column) => Math.abs((found.best[column] ?? 0) - Math.min(1, cosine)) < 1e-9);
      }),
    );
  });

  test('lets the oldest go when the examples or their features are too many', () => {
    const few = new ExampleIndex(10, 12);
    for (let at = 0; at < 9; at += 1) few.add(example(at, [`w${at}`], 0, true));
    expect(few.size).toBe(4);
    expect(few.get(4)).toBeUndefined();
    expect(few.compare(hashStems(['w4']), 1, 5, true).nearest).toHaveLength(0);
    expect(few.compare(hashStems(['w5']), 1, 5, true).nearest).toHaveLength(1);
  });
});

describe('calibration', () => {
  test('brings stated probabilities to what is observed', () => {
    const calibration = new Calibration(2_048);
    const random = new Random(1);
    const truth = (logit: number): number => 1 / (1 + Math.exp(-(0.5 * logit + 1)));
    for (let at = 0; at < 6_000; at += 1) {
      const logit = 8 * random.next() - 4;
      calibration.record(logit, 0, logit, random.next() < truth(logit));
    }
    for (const logit of [-3, 0, 3]) expect(calibration.probability(logit, 0)).toBeCloseTo(truth(logit), 1);
    expect(1 / calibration.slope).toBeGreaterThan(1.5);
  });

  test('goes by the margin where that says more than the logit', () => {
    const calibration = new Calibration(1_024);
    const random = new Random(3);
    for (let at = 0; at < 1_000; at += 1) {
      const margin = 6 * random.next();
      calibration.record(8 * random.next() - 4, margin, 1, random.next() < margin / 6);
    }
    expect(calibration.probability(0, 5)).toBeGreaterThan(0.75);
    expect(calibration.probability(0, 1)).toBeLessThan(0.35);
  });

  test('of few labelled rows goes by the margin and promises less', () => {
    const [labelled, outcomes] = [new Calibration(100), new Calibration(100)];
    for (let at = 0; at < 20; at += 1) {
      for (const [calibration, share] of [
        [labelled, 1],
        [outcomes, 0],
      ] as const) {
        calibration.record(3, 1, 1, at % 3 !== 0, share);
      }
    }
    const spread = (calibration: Calibration): number => calibration.probability(3, 3) - calibration.probability(1, 3);
    expect(spread(labelled)).toBeLessThan(spread(outcomes));
    expect(labelled.lead).toBeGreaterThan(outcomes.lead);
    expect(labelled.probability(3, 1)).toBeCloseTo(13 / 20, 1);
  });

  test('says something after ten predictions', () => {
    const calibration = new Calibration(100);
    for (let at = 0; at < 10; at += 1) calibration.record(-2, 0.5, 1, true);
    expect(calibration.probability(-2, 0.5)).toBeGreaterThan(0.5);
  });

  test('stays sane when every prediction was right', () => {
    const calibration = new Calibration(256);
    for (let at = 0; at < 300; at += 1) calibration.record(at % 7, 1, 1, true);
    expect(calibration.probability(3, 1)).toBeGreaterThan(0.9);
    expect(Number.isFinite(1 / calibration.slope)).toBe(true);
  });

  test('ranks novelty against the newest predictions, also after the ring has turned', () => {
    const calibration = new Calibration(100);
    for (let at = 0; at < 450; at += 1) calibration.record(0, 0, at, at % 2 === 0);
    expect(calibration.novelty(449)).toBe(0);
    expect(calibration.novelty(399)).toBeCloseTo(0.5);
    expect(calibration.novelty(-1)).toBe(1);
  });

  test('says nothing of novelty while little is known', () => {
    expect(new Calibration(100).novelty(10)).toBeNull();
  });

  test('takes back what was recorded as right, while it is kept', () => {
    const calibration = new Calibration(40);
    for (let at = 0; at < 50; at += 1) calibration.record(1, 1, 1, true);
    for (const number of [5, 30, 60]) calibration.correct(number);
    expect([...calibration.right].filter((right) => right === 0)).toHaveLength(1);
  });
});
