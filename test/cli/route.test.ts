/** `fed route` on a real federation. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTasks } from '../support/routing-tasks.ts';
import { type Run, type RunSettings, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-route-'));
  await fed(['init']);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = (name: string) => ({ FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: name });

function fed(args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  return runWith(folder, args, { environment: environment('reuben'), ...settings });
}

async function json(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await fed([...args, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return { ...JSON.parse(out) };
}

/** A labelled file of made-up tasks that the default roster can learn. */
async function labelled(name: string, count: number, seed: number, more: readonly string[] = []): Promise<string> {
  const rows = makeTasks(count, seed).map(({ text, agent }) => `${agent}\t${text}`);
  const file = join(folder, name);
  await writeFile(file, [...rows, ...more].join('\n'));
  return file;
}

describe('fed route', () => {
  test('says whom the router would choose and why, and queues nothing', async () => {
    const { out } = await fed(['route', 'Deploy', 'the', 'parser']);
    expect(out).toMatch(/^kimi {2}█+░+ 40% {2}v1\n“deploy”\nnext best: /);
    expect(await json(['queue', 'list'])).toMatchObject({ total: 0 });
    expect(await json(['route', 'Deploy the parser'])).toMatchObject({ agent: 'kimi', rules: ['deploy'], outcomes: 0 });
  });

  test('is what queueing for auto does, and says', async () => {
    const { out } = await fed(['queue', 'add', 'Deploy the parser', '--to', 'auto', '--type', 'deployment']);
    expect(out).toMatch(/^task-\S+ · pending · deployment → kimi\n.*\nrouted {2}v1, 94% sure: does deployment/);
    expect((await fed(['queue', 'show', out.split(' ')[0] ?? ''])).out).toMatch(/routed +v1, 94% sure/);
  });

  test('explains everything that speaks for the choice', async () => {
    await fed(['route', 'train', await labelled('train.tsv', 200, 1)]);
    const { out } = await fed(['route', 'migrate the database', '--explain']);
    for (const part of [
      'rule part',
      'ML part',
      'words',
      'novelty',
      'samples    200 outcomes',
      'most similar',
      'training',
    ]) {
      expect(out).toContain(part);
    }
    expect(out).toMatch(/^kimi .* learned\n/);
  });

  test('asks every strategy', async () => {
    expect(await json(['route', 'deploy it', '--compare'])).toMatchObject({
      decisions: [
        { strategy: 'auto', method: 'v2' },
        { strategy: 'v1', agent: 'kimi' },
        { strategy: 'v2' },
        { strategy: 'learned' },
      ],
    });
    expect((await fed(['route', 'deploy it', '--compare'])).out.split('\n')[0]).toMatch(/^STRATEGY {2,}AGENT/);
  });

  test('says how sure it would be of a choice that is forced on it', async () => {
    expect(await json(['route', 'deploy it', '--agent', 'ollama'])).toMatchObject({
      agent: 'ollama',
      method: 'forced',
    });
  });

  test.each([
    [['route'], 2, 'missing required argument'],
    [['route', ' '], 2, 'Expected description to be text'],
    [['route', 'x', '--strategy', 'v9'], 2, 'v9'],
    [['route', 'train', 'f', '--explain'], 2, '--explain is an option of fed route itself'],
    [['route', 'evaluate', 'f', '--strategy', 'v1'], 2, '--strategy is an option of fed route itself'],
    [['route', 'x', '--agent', 'bob'], 1, 'No agent is called "bob"'],
    [['route', 'x', '--compare', '--agent', 'kimi'], 2, 'cannot be combined'],
    [['route', 'x', '--type', '!!'], 2, 'to be a slug'],
    [['route', 'train', 'no-such-file'], 2, 'Cannot read'],
    [['route', 'evaluate', 'no-such-file'], 2, 'Cannot read'],
    [['route', 'evaluate', '--only', 'v3'], 2, 'Expected --only to be one of auto, v1, v2, learned'],
    [['route', 'evaluate'], 1, 'No task has succeeded here yet'],
  ])('refuses %j', async (args, code, message) => {
    const run = await fed(args);
    expect(run.code).toBe(code);
    expect(run.err).toContain(message);
  });
});

describe('fed route train', () => {
  test('uses what can be used, names the rest by line, and teaches the same rows once', async () => {
    const file = await labelled('train.tsv', 30, 1, ['bob\tfly a kite', 'no tab', '\tno label', '{"text": 1}']);
    expect(await json(['route', 'train', file])).toMatchObject({
      taught: 30,
      problems_total: 4,
      problems: [{ line: 31, problem: expect.stringContaining('"bob"') }, { line: 32 }, { line: 33 }, { line: 34 }],
    });
    expect(await json(['route', 'train', file])).toMatchObject({ taught: 0, taught_before: 30 });
    expect(await json(['route', 'deploy the cluster'])).toMatchObject({ outcomes: 30 });
  });

  test('takes a file of any length, in batches that are each all or nothing', async () => {
    const file = await labelled('train.tsv', 1_234, 1);
    expect(await json(['route', 'train', file])).toMatchObject({ taught: 1_234 });
    expect(await json(['route', 'deploy the cluster'])).toMatchObject({ agent: 'kimi', method: 'learned' });
    // The next process reads what this one learned instead of learning it again.
    expect(await readdir(join(folder, '.federation'))).toContain('router.bin');
    expect(await json(['route', 'deploy the cluster'])).toMatchObject({ outcomes: 1_234 });
  });

  test('reads standard input, and JSON with types', async () => {
    const input = '{"text": "knit a scarf", "label": "ollama", "type": "draft"}\n';
    const { code, out } = await fed(['route', 'train', '-'], { input });
    expect(code).toBe(0);
    expect(out).not.toContain('problems');
  });

  test('refuses a file without a usable row, and anyone but the operator', async () => {
    const none = await fed(['route', 'train', '-'], { input: 'bob\tfly a kite\n' });
    expect(none.code).toBe(1);
    expect(none.err).toContain('line 1: Expected a label that is an agent, got "bob"');
    const file = await labelled('train.tsv', 3, 1);
    const { code, err } = await fed(['route', 'train', file], { environment: environment('kimi') });
    expect(code).toBe(1);
    expect(err).toContain('Only reuben can train the router');
  });
});

describe('fed route evaluate', () => {
  test('measures each strategy beside the best single agent and the oracle', async () => {
    await fed(['route', 'train', await labelled('train.tsv', 300, 1)]);
    const file = await labelled('test.tsv', 100, 2, ['oos\tknit a scarf', 'oos\twater the plants', 'bob\tx']);
    const result = await json(['route', 'evaluate', file]);
    expect(result).toMatchObject({
      rows: 100,
      out_of_scope: 2,
      learned_in_order: false,
      baselines: { oracle: { accuracy: 1 }, best_single: { agent: expect.any(String) } },
      problems_total: 1,
    });
    const learned = [...Object(result)['strategies']].find((one) => one.strategy === 'learned');
    expect(learned.accuracy).toBeGreaterThan(0.95);
    expect(learned.auroc).not.toBeNull();
    // Shares to four digits.
    expect(JSON.stringify(result)).not.toMatch(/\d\.\d{5}/);
    const { out } = await fed(['route', 'evaluate', file]);
    expect(out).toContain('CAL. ERROR');
    expect(out).toMatch(/^always \S+ +\d+%/m);
    expect(out).toMatch(/^oracle +100%/m);
    expect(out).toContain('1 row skipped');
    // It only looked.
    expect(await json(['route', 'deploy the cluster'])).toMatchObject({ outcomes: 300 });
  });

  test('learns each row after it was predicted, starting from the rules alone', async () => {
    const file = await labelled('test.tsv', 300, 2);
    const args = ['route', 'evaluate', file, '--learn', '--only', 'learned', '--only', 'v1'];
    const result = Object(await json(args));
    expect(result.strategies.map((one: { strategy: string }) => one.strategy)).toEqual(['learned', 'v1']);
    const [learned, v1] = result.strategies;
    expect(learned.accuracy).toBeGreaterThan(v1.accuracy);
    expect(await json(['route', 'deploy the cluster'])).toMatchObject({ outcomes: 0 });
  });

  test('without a file takes what happened here, in order', async () => {
    for (const { text, agent } of makeTasks(6, 4)) {
      const added = Object(await json(['queue', 'add', text, '--to', agent]));
      const as = { environment: environment(agent) };
      await fed(['queue', 'claim', added.task.task_id], as);
      const how = agent === 'ollama' ? 'fail' : 'complete';
      expect((await fed(['queue', how, added.task.task_id, 'done'], as)).code).toBe(0);
    }
    const succeeded = makeTasks(6, 4).filter(({ agent }) => agent !== 'ollama').length;
    expect(await json(['route', 'evaluate'])).toMatchObject({ rows: succeeded, learned_in_order: true });
  });
});
