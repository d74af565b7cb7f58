import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunSettings, runWith } from '../support/run-fed.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'federation-porting-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A federation of its own in a folder of this name. */
async function federation(name: string) {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  const fed = async (args: readonly string[], settings: RunSettings & { as?: string } = {}) =>
    await runWith(folder, args, {
      environment: { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: settings.as ?? 'reuben' },
      ...settings,
    });
  await fed(['init']);
  return { folder, fed };
}

const idSchema = z.object({ task: z.object({ task_id: z.string() }) });

test('an export brought into an empty federation is the same again', async () => {
  const one = await federation('one');
  const add = async (...words: readonly string[]) =>
    idSchema.parse(JSON.parse((await one.fed(['queue', 'add', ...words, '--json'])).out)).task.task_id;
  const first = await add(
    '=cmd|calc; "quoted", and\nlines',
    '--to',
    'kimi',
    '--type',
    'implementation',
    '--priority',
    'high',
  );
  const second = await add('@later', '--after', first, '--deadline', '2031-01-01T00:00:00Z', '--path', 'src/**');
  await add('+1 with approval', '--needs-approval');
  await add("'-apostrophe", '--to', 'reuben');
  const held = await add('In hand', '--to', 'copilot');
  await one.fed(['queue', 'note', second, 'Mind the gap']);
  await one.fed(['queue', 'claim', first], { as: 'kimi' });
  await one.fed(['queue', 'complete', first, 'All done', '--artifact', 'a.md'], { as: 'kimi' });
  await one.fed(['queue', 'claim', held], { as: 'copilot' });
  await one.fed([
    'vote',
    'create',
    'Which?',
    '--option',
    'a',
    '--option',
    'b',
    '--open-ballots',
    '--eligible',
    'kimi',
    '--eligible',
    'claude',
  ]);
  const [vote = ''] = /vote-[\d-]+/.exec((await one.fed(['vote', 'list'])).out) ?? [];
  for (const as of ['kimi', 'claude']) {
    expect(
      await one.fed(['vote', 'cast', vote, 'a', '--confidence', '0.9', '--reasoning', 'Better'], { as }),
    ).toMatchObject({ err: '' });
  }
  const exported = await one.fed(['export']);
  expect(exported).toMatchObject({ code: 0, err: '' });
  expect(exported.out.trim().split('\n')).toHaveLength(8);

  const two = await federation('two');
  await writeFile(join(two.folder, 'one.jsonl'), exported.out);
  const brought = await two.fed(['import', 'one.jsonl', '--json']);
  expect(brought).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(brought.out)).toMatchObject({
    system: 'federation',
    imported: 6,
    votes: 1,
    adapted: [{ what: 'in progress there: pending here', about: [held] }],
  });
  const again = (await two.fed(['export'])).out;
  expect(linesOf(again, held)).toEqual(linesOf(exported.out, held));
  expect(linesOf(again, held)).toHaveLength(6);
  expect(JSON.parse((await two.fed(['import', 'one.jsonl', '--json'])).out)).toMatchObject({
    imported: 0,
    updated: [],
    kept: [],
    votes: 0,
  });
  expect((await two.fed(['export'])).out.split('\n').slice(1)).toEqual(again.split('\n').slice(1));

  const table = (await one.fed(['export', '--format', 'csv'])).out;
  // Nothing that a spreadsheet would calculate.
  expect(table).toContain(`"'=cmd|calc; ""quoted"", and\nlines"`);
  for (const cell of ["'@later", "'+1 with approval", "''-apostrophe"]) expect(table).toContain(cell);
  const three = await federation('three');
  await writeFile(join(three.folder, 'tasks.csv'), table);
  expect(await three.fed(['import', 'tasks.csv'])).toMatchObject({ code: 0, err: '' });
  const { parse } = await import('csv-parse/sync');
  const rowsOf = (text: string) =>
    z
      .array(z.record(z.string(), z.string()))
      .parse(parse(text, { columns: true }))
      .map(({ updated_at: _updated, from_agent: _from, ...row }) => ({
        ...row,
        status: row['status'] === 'in-progress' ? 'pending' : row['status'],
      }));
  expect(rowsOf((await three.fed(['export', '--format', 'csv'])).out)).toEqual(rowsOf(table));
});

/** All but the head, and what was in hand, which nobody can go on with elsewhere. */
function linesOf(text: string, held: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes(`"task_id":"${held}"`))
    .map((line): unknown => JSON.parse(line));
}

test('what cannot be read is refused with its name, and changes nothing', async () => {
  const { folder, fed } = await federation('one');
  await writeFile(join(folder, 'empty.jsonl'), '');
  await writeFile(join(folder, 'blank.jsonl'), '\n \n');
  await writeFile(join(folder, 'list.json'), '[]');
  await writeFile(join(folder, 'binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 9, 0, 0, 1]));
  await writeFile(join(folder, 'story.txt'), 'Once upon a time, a file.');
  await writeFile(join(folder, 'bad.jsonl'), 'no\nJSON\n');
  await mkdir(join(folder, 'hollow'));
  for (const [args, code, message] of [
    ['gone.jsonl', 2, 'Cannot read gone.jsonl: no such file or directory'],
    ['empty.jsonl', 2, 'empty.jsonl is empty'],
    ['blank.jsonl', 2, 'blank.jsonl is empty'],
    ['list.json', 2, 'list.json is an empty list'],
    ['binary', 2, 'Cannot read binary: it is not a text'],
    ['hollow', 2, 'hollow holds no file that can be imported'],
    ['/dev/zero', 2, 'it is neither a file nor a folder'],
    ['story.txt', 2, 'none of the formats'],
    ['- ', 2, 'standard input is empty'],
    ['story.txt --from bead', 2, 'beads'],
    ['hollow --from beads', 2, 'hollow holds no file'],
  ] as const) {
    const run = await fed(['import', ...args.trim().split(' ')]);
    expect([args, run.code, run.err]).toEqual([args, code, expect.stringContaining(message)]);
    expect(run.out).toBe('');
  }
  const bad = await fed(['import', 'bad.jsonl', '--from', 'beads']);
  expect(bad).toMatchObject({ code: 1, err: '' });
  expect(bad.out).toContain('2  not a JSON object: line 1, line 2');
  expect((await fed(['queue', 'list'])).out).not.toContain('task-');
});

test('a folder is read where its system keeps its tasks, and named where there are several', async () => {
  const { folder, fed } = await federation('one');
  await cp(join(fixtures, 'backlogs/backlog-md'), join(folder, 'backlog'), { recursive: true });
  await symlink('/etc/passwd', join(folder, 'backlog/tasks/link.md'));
  const dry = JSON.parse((await fed(['import', '.', '--dry-run', '--json'])).out);
  expect(dry).toMatchObject({ system: 'backlog', tasks: 6, new: 6 });
  expect(JSON.stringify(dry)).toContain('a link, which is not followed');
  await mkdir(join(folder, '.beads'));
  await writeFile(join(folder, '.beads/issues.jsonl'), '{"id":"x-1","title":"One"}\n');
  const both = await fed(['import', '.']);
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining('beads, backlog') });
  expect(JSON.parse((await fed(['import', '.', '--from', 'beads', '--json'])).out)).toMatchObject({ imported: 1 });
  expect(JSON.parse((await fed(['import', '.beads', '--json'])).out)).toMatchObject({ imported: 0, skipped: ['x-1'] });
});

test("the plan's folder is brought with votes, outcomes, examples and rules, once, and left as it is", async () => {
  const { folder, fed } = await federation('one');
  // Ours lies in the same folder.
  await cp(join(fixtures, 'backlogs/phase4'), join(folder, '.federation'), { recursive: true });
  const before = listing(folder);
  const first = JSON.parse((await fed(['import', '.', '--json'])).out);
  expect(first).toMatchObject({
    system: 'phase4',
    imported: 3,
    votes: 3,
    outcomes: 4,
    examples: 4,
    rules: ['deploy-tested', '2 keywords', 'default agent copilot'],
  });
  const config = await readFile(join(folder, '.federation/config.json'), 'utf8');
  expect(config).toContain('"name": "deploy-tested"');
  expect(config).toContain('// The configuration of this federation.');
  const second = JSON.parse((await fed(['import', '.federation', '--json'])).out);
  expect(second).toMatchObject({ imported: 0, updated: [], kept: [], votes: 0, outcomes: 0, examples: 0, rules: [] });
  expect(await readFile(join(folder, '.federation/config.json'), 'utf8')).toBe(config);
  expect(listing(folder)).toBe(before);
  expect((await fed(['inbox'])).out).toContain('Dashboard first?');
  expect(JSON.parse((await fed(['analytics', 'agent', 'kimi', '--json'])).out)).toMatchObject({
    agent: 'kimi',
    count: 3,
  });
  const shown = (await fed(['vote', 'list'])).out;
  expect(shown).toContain('python');
  expect(shown).toContain('low-confidence');
});

/** What the plan has there, with its content. */
function listing(folder: string): string {
  return execFileSync('find', ['queue', 'votes', 'state', '-type', 'f', '-exec', 'cksum', '{}', ';'], {
    cwd: join(folder, '.federation'),
    encoding: 'utf8',
  });
}

test('what was deleted at its source and is open here is named, and left for a person to cancel', async () => {
  const { fed } = await federation('one');
  const row = { id: 'x-1', title: 'One' };
  await fed(['import', '-'], { input: JSON.stringify(row) });
  const { out, code } = await fed(['import', '-'], { input: JSON.stringify({ ...row, status: 'tombstone' }) });
  expect(out).toMatch(
    /deleted there since it came, and still open here: cancel it if it is not to be done: x-1 \(task-/,
  );
  expect(code).toBe(1);
});

test('a large import is committed in parts, and one that was stopped goes on where it was', async () => {
  const { folder, fed } = await federation('one');
  const rows = Array.from({ length: 1_200 }, (_, n) =>
    JSON.stringify({
      id: `x-${n}`,
      title: `Issue ${n}`,
      ...(n < 1_199 ? { dependencies: [{ depends_on_id: `x-${n + 1}`, type: 'blocks' }] } : {}),
    }),
  );
  await writeFile(join(folder, 'issues.jsonl'), rows.join('\n'));
  const stop = new AbortController();
  stop.abort();
  expect(await fed(['import', 'issues.jsonl'], { signal: stop.signal })).toMatchObject({
    code: 1,
    err: expect.stringContaining('Stopped: 250 of 1200 are imported.\n  → Run the same command again to go on.'),
  });
  const part = Number(/(\d+) tasks?/.exec((await fed(['queue', 'list', '--limit', '1'])).out)?.[1] ?? 0);
  const rest = JSON.parse((await fed(['import', 'issues.jsonl', '--json'])).out);
  expect(rest.imported + rest.skipped.length).toBe(1_200);
  expect(part).toBeLessThan(1_200);
  expect(rest.dangling).toEqual([]);
  const ready = JSON.parse((await fed(['queue', 'list', '--ready', '--json'])).out);
  expect(ready.total).toBe(1);
});
