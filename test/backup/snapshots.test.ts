/** `fed snapshot` in real repositories: nothing of theirs changes. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { HourlySnapshots } from '../../src/backup/hourly-snapshots.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { git } from '../support/git.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { type RunSettings, runWith } from '../support/run-fed.ts';
import { foldedState } from '../support/store-state.ts';

let folder: string;
let dir: string;
beforeEach(async () => {
  folder = memoryFolder('fed-snapshot-');
  dir = join(folder, '.federation');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await run(['init']);
  await run(['queue', 'add', 'One', '--to', 'kimi']);
});

const run = (args: readonly string[], settings?: RunSettings) => runWith(folder, args, settings);
const reference = 'refs/federation/snapshots';
const listed = async () =>
  z
    .object({
      items: z.array(z.object({ id: z.string(), commit: z.string(), record: z.number(), subject: z.string() })),
    })
    .parse(JSON.parse((await run(['snapshot', 'list', '--json'])).out)).items;

/** Everything of a repository but its objects and the reference of the snapshots. */
function everything(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isOurs = /\.git\/(objects|refs\/federation)|FEDERATION_LOG/.test(path) || path.includes('.federation/');
    if (entry.isFile() && !isOurs) found[path] = readFileSync(path, 'latin1');
  }
  return found;
}

function makeDirty(): void {
  git(folder, 'init');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  git(folder, 'add', 'a.txt');
  git(folder, 'commit', '-m', 'First');
  writeFileSync(join(folder, 'a.txt'), 'two\n');
  git(folder, 'add', 'a.txt');
  writeFileSync(join(folder, 'a.txt'), 'three\n');
  writeFileSync(join(folder, 'untracked.txt'), 'x');
  for (const hook of ['pre-commit', 'post-commit', 'reference-transaction', 'post-index-change']) {
    writeFileSync(join(folder, '.git/hooks', hook), `#!/bin/sh\necho ran >> "${folder}/hook-ran"\nexit 1\n`);
    chmodSync(join(folder, '.git/hooks', hook), 0o755);
  }
}

const setUps: readonly (readonly [string, () => void])[] = [
  [
    'a detached HEAD',
    () => {
      git(folder, 'init');
      git(folder, 'commit', '--allow-empty', '-m', 'First');
      git(folder, 'checkout', '--detach');
    },
  ],
  ['no commit yet', () => void git(folder, 'init')],
  ['SHA-256 objects', () => void git(folder, 'init', '--object-format=sha256')],
];

describe('in a repository with a dirty tree, a half staged file and hooks', () => {
  test('a snapshot is taken, listed, compared and restored, and nothing else changes', async () => {
    makeDirty();
    mkdirSync(join(dir, 'runs'), { recursive: true });
    writeFileSync(join(dir, 'runs/secret.log'), 'secret');
    const before = everything();
    const status = git(folder, '--no-optional-locks', 'status', '--porcelain');
    const taken = await run(['snapshot', '--as', 'kimi']);
    expect(taken.err).toBe('');
    expect(taken.out).toMatch(/^Snapshot [0-9a-f]+: record 1, 1 open task, 0 finished, 0 votes\.\n$/);
    const first = await foldedState(dir);
    expect((await run(['snapshot'])).out).toContain('The newest is still');
    await run(['queue', 'add', 'Two', '--to', 'kimi']);
    expect((await run(['snapshot', 'diff'])).out).toMatch(/^1 task new \(pending\):\n {2}task-[\d-]+-002 {2}Two\n$/);
    await run(['snapshot']);
    expect(everything()).toEqual(before);
    expect(git(folder, '--no-optional-locks', 'status', '--porcelain')).toBe(status);
    expect(existsSync(join(folder, 'hook-ran'))).toBe(false);
    expect((await listed()).map(({ record }) => record)).toEqual([2, 1]);
    expect(git(folder, 'ls-tree', '-r', '--name-only', reference)).toBe('config.json\njournal/000001.jsonl/0000\n');
    expect((await run(['snapshot', 'diff', 'latest~1', 'latest'])).out).toContain('1 task new (pending)');
    expect((await run(['snapshot', 'diff', 'latest'])).out).toBe('No differences.\n');

    const to = join(folder, 'look');
    expect((await run(['snapshot', 'restore', 'latest~1', '--to', to])).code).toBe(0);
    expect(await foldedState(to)).toEqual(first);
    const [, oldest] = await listed();
    const restored = await run(['snapshot', 'restore', oldest?.id ?? '', '--as', 'reuben', '--yes']);
    expect(restored.out).toContain('Given up: 1 task');
    expect((await foldedState(dir, 1)).sections).toEqual(first.sections);
    expect((await run(['queue', 'add', 'Three'])).err).toBe('');
  });
});

test.each(setUps)('in a repository with %s a snapshot is taken and restored', async (_what, setUp) => {
  setUp();
  const before = everything();
  expect((await run(['snapshot'])).err).toBe('');
  expect(everything()).toEqual(before);
  const to = join(folder, 'look');
  expect((await run(['snapshot', 'restore', 'latest', '--to', to])).code).toBe(0);
  expect(await foldedState(to)).toEqual(await foldedState(dir));
});

test('without a repository it says what to do', async () => {
  const { code, err } = await run(['snapshot']);
  expect(code).toBe(1);
  expect(err).toContain('is in no git repository.\n  → Run git init there, or use fed backup FILE');
});

test('a name that is none of the snapshots is refused, also where it is a commit', async () => {
  git(folder, 'init');
  expect((await run(['snapshot', 'list'])).out).toContain('No snapshots.');
  expect((await run(['snapshot', 'diff'])).err).toContain('There are no snapshots yet.');
  git(folder, 'commit', '--allow-empty', '-m', 'First');
  await run(['snapshot']);
  const head = git(folder, 'rev-parse', 'HEAD').trim();
  for (const name of [head, 'HEAD', 'main', 'latest~9', '--upload-pack=x', 'latset']) {
    const { code, err } = await run(['snapshot', 'diff', '--', name]);
    expect([name, code]).toEqual([name, 1]);
    expect(err).toContain('No snapshot is called');
  }
});

test('in place it is restored only while no process of an agent runs', async () => {
  git(folder, 'init');
  await run(['snapshot']);
  const kimi = { name: 'kimi', kind: 'agent', session: 'k1', client: null } as const;
  const server = await openFederation({ folder: dir });
  server.keepTime();
  await server.execute('start_session', { seen: 0 }, kimi);
  const { code, err } = await run(['snapshot', 'restore', 'latest', '--as', 'reuben', '--yes']);
  await server.close();
  expect(err).toContain('Processes of kimi are running; nothing was changed.');
  expect(code).toBe(1);
  expect((await run(['snapshot', 'restore', 'latest', '--as', 'reuben', '--yes'])).code).toBe(0);
});

test('a journal adds only its last piece to the repository', async () => {
  git(folder, 'init');
  const text = 'x'.repeat(60_000);
  for (let count = 0; count < 22; count += 1) await run(['queue', 'add', `${count} ${text}`, '--to', 'kimi']);
  await run(['snapshot']);
  await run(['queue', 'add', 'One more', '--to', 'kimi']);
  await run(['snapshot']);
  const pieces = (name: string) => git(folder, 'ls-tree', '-r', name).split('\n').filter(Boolean);
  const [before, after] = [pieces(`${reference}~1`), pieces(reference)];
  expect(after.length).toBe(before.length);
  expect(after.filter((line) => !before.includes(line)).length).toBe(1);
  const to = join(folder, 'look');
  await run(['snapshot', 'restore', 'latest', '--to', to]);
  expect(await foldedState(to)).toEqual(await foldedState(dir));
});

test('of several servers one takes the hourly snapshot, and only where something has changed', async () => {
  git(folder, 'init');
  let [now, seq] = [Date.now(), 1];
  const servers = Array.from(
    { length: 3 },
    () =>
      new HourlySnapshots({
        folder: dir,
        environment: process.env,
        everyHours: () => 1,
        seq: () => seq,
        onTrouble: () => undefined,
        now: () => now,
      }),
  );
  const look = async () => (await Promise.all(servers.map((server) => server.takeIfDue()))).filter(Boolean).length;
  expect(await look()).toBe(1);
  await run(['queue', 'add', 'Two', '--to', 'kimi']);
  seq = 2;
  expect(await look()).toBe(0);
  now += 61 * 60_000;
  expect(await look()).toBe(1);
  now += 61 * 60_000;
  expect(await look()).toBe(0);
  expect((await listed()).map(({ record }) => record)).toEqual([2, 1]);
});
