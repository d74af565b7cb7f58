/** What a person types who answers for all agents, on a real federation. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Run, type RunSettings, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-operator-'));
  await script('init');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As the operator at a terminal, who says yes. */
function fed(...args: readonly string[]): Promise<Run> {
  return run(args, { answer: 'y' });
}

/** As the operator, in a script. */
function script(...args: readonly string[]): Promise<Run> {
  return run([...args, '--as', 'reuben']);
}

function run(args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  return runWith(folder, args, { environment: { FEDERATION_DIR: join(folder, '.federation') }, ...settings });
}

const queued = z.object({ task: z.object({ task_id: z.string(), to_agent: z.string().nullable() }) });

async function add(...words: readonly string[]): Promise<string> {
  return queued.parse(JSON.parse((await script('queue', 'add', ...words, '--json')).out)).task.task_id;
}

test("the plan's own commands work as they stand there", async () => {
  const { out } = await script('queue', 'add', '--agent', 'kimi', 'Build it', '--json');
  expect(queued.parse(JSON.parse(out)).task.to_agent).toBe('kimi');
  expect((await script('add', 'Test', 'it')).code).toBe(0);
  expect((await script('list')).out).toContain('Test it');
  expect((await script('show', '002')).out).toContain('Test it');

  const record = ['analytics', 'record', '--agent', 'kimi', '--task', 'implementation', '--duration', '25', '--yes'];
  expect((await script(...record, '--success', 'true')).code).toBe(0);
  expect((await script(...record, '--success', 'false')).code).toBe(0);
  const { out: agent } = await script('analytics', 'agent', 'kimi', '--json');
  expect(JSON.parse(agent)).toMatchObject({ count: 2, mean_minutes: 25 });

  await writeFile(join(folder, 'rows.tsv'), 'kimi\tBuild the parser\n');
  expect((await script('route', '--train', join(folder, 'rows.tsv'))).code).toBe(0);
});

test('a vote without options asks for them at a terminal, and says how elsewhere', async () => {
  const answers = ['LRU', 'ARC', ''];
  const settings = { answer: 'y', answers };
  expect((await run(['vote', 'create', 'Which cache?'], settings)).out).toContain('LRU');
  expect(await script('vote', 'create', 'Which cache?')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('A vote needs at least two options\n  → Add each with --option'),
  });
});

test('what cannot be undone, and what is an agent’s to do, is asked first; a script says --yes', async () => {
  const task = await add('Build it');
  const asked: readonly (readonly [line: readonly string[], question: string])[] = [
    [['queue', 'claim', task], 'Agents claim tasks.'],
    [
      ['analytics', 'record', '--agent', 'kimi', '--type', 'draft', '--success'],
      'This cannot be undone: kimi succeeded at draft.',
    ],
  ];
  for (const [line, question] of asked) {
    expect(await script(...line)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(question) });
    expect((await run(line, { answer: 'n' })).code).toBe(1);
    const said = await fed(...line);
    expect(said.code).toBe(0);
    expect(said.out).toContain(question);
  }
  const done = await script('queue', 'complete', task, 'By hand');
  expect(done.code).toBe(0);
  expect(done.out).not.toContain('fed queue claim');

  await script('vote', 'create', 'Which?', '-o', 'a', '-o', 'b');
  const [vote] = /vote-\d{4}-\d\d-\d\d-001/.exec((await script('vote', 'list')).out) ?? [''];
  expect((await script('vote', 'decide', vote, 'a', 'known')).code).toBe(1);
  expect((await script('vote', 'decide', vote, 'a', 'known', '--yes')).code).toBe(0);
});

test('the inbox is filtered, counted when it is long, paged, and answered all at once', async () => {
  for (let count = 1; count <= 22; count += 1) {
    await add(`Deploy ${count}`, '--needs-approval', '--to', count === 1 ? 'claude' : 'kimi');
  }
  const long = await script('inbox');
  expect(long.out).toMatch(/^approval: 22 \(fed inbox --kind approval\)/);
  expect(long.out).toMatch(/20 of 22 · --limit 100 · --cursor (inbox-\S+)/);
  const [, cursor = ''] = /--cursor (inbox-\S+)/.exec(long.out) ?? [];
  expect((await script('inbox', '--cursor', cursor)).out.match(/^inbox-/gm)).toHaveLength(2);
  expect((await script('inbox', '--agent', 'claude', '--json')).out).toContain('"total": 1');
  expect((await script('inbox', '--kind', 'vote')).out).toContain('The inbox is empty.');

  const bulk = ['inbox', 'answer', '--kind', 'approval', '--agent', 'kimi', '--all', 'approve'];
  const refused = await script(...bulk);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err.match(/ {2}approve {2}inbox-/g)).toHaveLength(21);
  expect((await script(...bulk, '--yes')).out).toContain('Answered 21: ');
  expect((await script('inbox', '--json')).out).toContain('"total": 1');
});

test('a task is edited as a text; one that was changed meanwhile is refused, and no text is lost', async () => {
  const task = await add('Write the parser', '--type', 'testing');
  const edit = (change: (text: string) => string, meanwhile?: () => Promise<unknown>) =>
    run(['queue', 'edit', task], {
      answer: 'y',
      edit: async (file) => {
        await writeFile(file, change(await readFile(file, 'utf8')));
        await meanwhile?.();
      },
    });
  const done = await edit(
    (text) => text.replace('normal', 'high').replace('paths:', 'paths: src/a, src/b') + 'In full.\n',
  );
  expect(done.code).toBe(0);
  const shown = await script('queue', 'show', task, '--json');
  expect(JSON.parse(shown.out)).toMatchObject({
    task: { priority: 'high', paths: ['src/a', 'src/b'], description: 'Write the parser\nIn full.' },
  });

  await edit((text) => text.replace('context:', 'context: {"artifact_path": "docs/a.md", "n": 1}'));
  const inContext = JSON.parse((await script('queue', 'show', task, '--json')).out).task.context;
  expect(inContext).toEqual({ artifact_path: 'docs/a.md', n: 1 });
  const noJson = await edit((text) => text.replace(/context: .*/, 'context: {'));
  expect(noJson).toMatchObject({ code: 2, err: expect.stringContaining('context is not JSON') });

  expect(await edit((text) => text)).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed.') });
  const late = await edit(
    (text) => text.replace('parser', 'lexer'),
    () => script('queue', 'edit', task, '--type', 'review'),
  );
  expect(late.err).toContain('was changed while you edited it');
  const [, kept = ''] = /Your text is kept in (\S+)\.\n/.exec(late.err) ?? [];
  expect(await readFile(kept, 'utf8')).toContain('Write the lexer');
  const wrong = await edit((text) => text.replace('priority:', 'prioriti:'));
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean priority? Your text is kept in') });
  for (const { err } of [late, wrong, noJson]) {
    await rm(dirname(/kept in (\S+)\.\n/.exec(err)?.[1] ?? ''), { recursive: true });
  }
  expect((await script('queue', 'edit', task)).code).toBe(2);
});

test('wrong input is named in the words of the command line, with the nearest right one', async () => {
  const plan = join(folder, 'plan.json');
  await writeFile(plan, '[{"key": "a", "descriptin": "Write it"}]');
  const misspelt = await script('queue', 'plan', plan);
  expect(misspelt.code).toBe(2);
  expect(misspelt.err).toMatch(
    /^fed: Unknown argument "descriptin" of file\[0\]; .*\n {2}→ Did you mean description\?/,
  );
  const help = (await fed('queue', 'plan', '--help')).out;
  const example = help.slice(help.indexOf('  ['), help.indexOf('  ]') + 3);
  expect(help).toContain('at most 200 tasks');
  await writeFile(
    plan,
    example
      .replaceAll(/"(?:not_before|deadline|dependencies)": (?:\[[^\]]*\]|"[^"]*"),?/g, '')
      .replaceAll(/,\s*([}\]])/g, '$1'),
  );
  expect(await script('queue', 'plan', plan)).toMatchObject({ code: 0, err: '' });

  await writeFile(join(folder, 'bad.jsonl'), 'no\nJSON\n');
  expect(await script('import', join(folder, 'bad.jsonl'), '--from', 'beads')).toMatchObject({
    code: 1,
    out: expect.stringContaining('line 2'),
  });
  expect((await script('queue', 'add', '-1 degrees')).out).toContain('-1 degrees');
  expect((await script('queue', 'add', 'Look', '--to', 'Claude', '--json')).out).toContain('"to_agent": "claude"');
  expect((await script('queue', 'add', '')).code).toBe(2);
  for (const words of [
    'queue add Look --to kim',
    'queue list --to kim',
    'queue list --from kim',
    'inbox --agent kim',
    'inbox answer --all approve --agent kim --yes',
    'agents kim',
    'agents set kim busy',
    'analytics agent kim',
    'analytics record --agent kim --task testing --success true --yes',
    'vote create Which? --option a --option b --eligible kim --eligible claude',
    'route Test --agent kim',
  ]) {
    expect([words, (await script(...words.split(' '))).err]).toEqual([
      words,
      expect.stringContaining('Did you mean kimi?'),
    ]);
  }
});
