/** `fed backup` and `fed restore` on a real folder: exactly what was there, or a clear refusal. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { sealText } from '../../src/store/journal/record-codec.ts';
import { makeProject, type Project } from '../support/project.ts';
import { type RunSettings, runWith } from '../support/run-fed.ts';
import { foldedState } from '../support/store-state.ts';

let project: Project;
let file: string;
beforeEach(async () => {
  project = makeProject({ operator: 'reuben' });
  file = join(project.folder, 'all.tar.gz');
  for (const name of ['One', 'Two', 'Three']) await run(['queue', 'add', name, '--to', 'kimi']);
  await run(['vote', 'create', 'Which router?', '--option', 'app', '--option', 'pages']);
});

const run = (args: readonly string[], settings?: RunSettings) => runWith(project.folder, args, settings);
const restore = (...more: readonly string[]) => run(['restore', file, '--as', 'reuben', '--yes', ...more]);
const journal = () => join(project.dir, 'journal/000001.jsonl');
const kimi: Actor = { name: 'kimi', kind: 'agent', session: 'k1', client: null };
const names = () => readdirSync(project.dir).filter((name) => name.startsWith('restor'));

test('a backup restored over a journal that has gone on brings the state back exactly, and sets the other one aside', async () => {
  const before = await foldedState(project.dir);
  const made = await run(['backup', file, '--json']);
  expect(made.code).toBe(0);
  expect(JSON.parse(made.out)).toMatchObject({ record: before.last?.seq, tasks: 3, file });
  await run(['queue', 'add', 'Four', '--to', 'kimi']);
  const [id = ''] = /task-[\d-]+-001/.exec((await run(['queue', 'list', '--json'])).out) ?? [];
  await run(['queue', 'claim', id]);
  const later = await foldedState(project.dir);
  const config = readFileSync(join(project.dir, 'config.json'));

  const asked = await run(['restore', file, '--as', 'reuben'], { answer: 'n' });
  expect(asked.code).toBe(1);
  expect(asked.out).toMatch(/1 task gone \(was pending\):\n {2}task-[\d-]+-004 {2}Four/);
  expect(await foldedState(project.dir)).toEqual(later);

  const { code, out } = await restore('--json');
  expect(code).toBe(0);
  const done = z
    .object({ record: z.number(), kept_in: z.string(), given_up: z.object({ tasks: z.array(z.string()) }) })
    .parse(JSON.parse(out));
  expect(await foldedState(project.dir, before.last?.seq)).toEqual(before);
  expect(done.record).toBe((before.last?.seq ?? 0) + 1);
  expect(done.given_up.tasks.map((id) => id.slice(-3))).toEqual(['001', '004']);
  expect(await foldedState(done.kept_in)).toEqual(later);
  expect(readFileSync(join(project.dir, 'config.json'))).toEqual(config);

  const added = await run(['queue', 'add', 'After', '--to', 'kimi']);
  expect(added.err).toBe('');
  expect(added.out).toContain('-005');
  expect((await run(['doctor'])).code).toBe(0);
  const log = readFileSync(join(project.folder, 'FEDERATION_LOG.md'), 'utf8');
  expect(log).toContain('Restored from backup all.tar.gz');
  expect(log).toContain('After');

  // And back again: what was set aside can be restored like a backup.
  const back = await run(['restore', done.kept_in, '--as', 'reuben', '--yes']);
  expect(back.code).toBe(0);
  expect(await foldedState(project.dir, later.last?.seq)).toEqual(later);
  expect((await run(['queue', 'add', 'Once more', '--to', 'kimi'])).err).toBe('');
  expect((await run(['doctor'])).out).toContain('every hash verified');
  expect(names()).toEqual([]);
});

test('where nothing acknowledged is missing, the journal comes back to the byte', async () => {
  await run(['backup', file]);
  const before = await foldedState(project.dir);
  const bytes = readFileSync(journal());
  writeFileSync(journal(), bytes.subarray(0, 300));
  expect((await run(['status'])).err).toContain('read-only');
  const { code, out } = await restore();
  expect(out).not.toContain('Given up');
  expect(code).toBe(0);
  expect(readFileSync(journal())).toEqual(bytes);
  expect(await foldedState(project.dir)).toEqual(before);
  expect((await run(['queue', 'add', 'After'])).err).toBe('');
});

test('on a machine without the federation it is all there, and works', async () => {
  await run(['backup', file]);
  const before = await foldedState(project.dir);
  const elsewhere = makeProject(null).folder;
  rmSync(join(elsewhere, '.federation'), { recursive: true });
  const there = { environment: {} };
  const { code } = await runWith(elsewhere, ['restore', file, '--as', 'reuben', '--yes'], there);
  expect(code).toBe(0);
  expect(await foldedState(join(elsewhere, '.federation'))).toEqual(before);
  expect(readFileSync(join(elsewhere, '.federation/config.json'), 'utf8')).toContain('reuben');
  expect((await runWith(elsewhere, ['queue', 'add', 'After', '--as', 'kimi'], there)).err).toBe('');
  expect(existsSync(join(elsewhere, '.federation/replaced'))).toBe(false);
});

test('with --to it becomes a federation of its own, and nothing is replaced', async () => {
  await run(['backup', file]);
  const before = await foldedState(project.dir);
  const to = join(project.folder, 'look');
  expect((await run(['restore', file, '--to', to])).code).toBe(0);
  expect(await foldedState(to)).toEqual(before);
  expect((await run(['status', '--dir', to])).out).toContain('3');
  const again = await run(['restore', file, '--to', to]);
  expect(again.err).toContain('is not empty; nothing was changed');
  expect(await foldedState(project.dir)).toEqual(before);
});

test('tokens, sessions and runs are left out, and any tar can open it', async () => {
  mkdirSync(join(project.dir, 'runs/run-1'), { recursive: true });
  writeFileSync(join(project.dir, 'runs/run-1/output.log'), 'secret');
  writeFileSync(join(project.dir, 'tokens.json'), 'secret');
  await run(['backup', file]);
  const listed = execFileSync('tar', ['tzf', file], { encoding: 'utf8' }).trim().split('\n');
  expect(listed).toEqual(['federation/config.json', 'federation/journal/000001.jsonl', 'federation/manifest.json']);
});

test('only a person replaces the store; a file is not overwritten without --force', async () => {
  await run(['backup', file]);
  const before = readFileSync(journal());
  const byAgent = await run(['restore', file, '--as', 'kimi', '--yes']);
  expect(byAgent.err).toContain('Only a person can replace the store; kimi is an agent.');
  expect(byAgent.code).toBe(1);
  expect((await run(['restore', file, '--as', 'reuben'])).out).toContain('Add --yes to restore it');
  expect(readFileSync(journal())).toEqual(before);
  expect((await run(['backup', file])).err).toContain('exists; nothing was written');
  expect((await run(['backup', file, '--force'])).code).toBe(0);
  expect((await run(['backup', project.folder])).out).toMatch(/Wrote .*federation-[\dT-]+\.tar\.gz: 3 tasks/);
  expect((await run(['backup', '/no/such/folder/x'])).err).toContain('The folder /no/such/folder does not exist.');
});

describe('a backup that is not whole', () => {
  const cases: readonly (readonly [string, (bytes: Buffer) => Buffer, string])[] = [
    ['was cut off', (bytes) => bytes.subarray(0, bytes.length - 40), 'is damaged or no backup'],
    ['is empty', () => Buffer.alloc(0), 'is damaged or no backup'],
    ['has a flipped bit', (bytes) => flip(bytes, bytes.length >> 1), 'is damaged or no backup'],
    ['is something else', () => Buffer.from('not a backup at all'), 'is damaged or no backup'],
    ['has another text in its journal', (bytes) => changed(bytes, 'Two', 'Tow'), 'does not match its checksum'],
    ['has another list', (bytes) => changed(bytes, '"tasks":3', '"tasks":4'), 'does not match its own hash'],
    [
      'would write elsewhere',
      (bytes) => changed(bytes, 'federation/config.json', 'federation/../../x.sh'.padEnd(22, '\0')),
      'is damaged or no backup',
    ],
  ];
  for (const [what, damage, message] of cases) {
    test(`that ${what} replaces nothing`, async () => {
      await run(['backup', file]);
      writeFileSync(file, damage(readFileSync(file)));
      const before = await foldedState(project.dir);
      const { code, err } = await restore();
      expect(err).toContain(message);
      expect(code).toBe(1);
      expect(await foldedState(project.dir)).toEqual(before);
      expect(names()).toEqual([]);
      expect(existsSync(join(project.dir, 'replaced'))).toBe(false);
      expect((await run(['queue', 'add', 'After'])).err).toBe('');
    });
  }

  test('because its chain is broken is refused, though every checksum fits', async () => {
    await run(['backup', file]);
    const before = await foldedState(project.dir);
    const tar = gunzipSync(readFileSync(file)).toString('latin1');
    const good = readFileSync(journal(), 'latin1');
    const bad = good.replace('Two', 'Tow');
    const manifest = /\{"format":1.*?"hash":"[0-9a-f]{32}"\}(?=\n)/.exec(tar)?.[0] ?? '';
    const { hash: _old, ...listed } = JSON.parse(manifest.replace(sha256(good), sha256(bad)));
    writeFileSync(file, gzipSync(Buffer.from(tar.replace(good, bad).replace(manifest, sealText(listed)), 'latin1')));
    const { code, err } = await restore();
    expect(err).toContain('This cannot be restored: Corruption in journal/000001.jsonl, line 2');
    expect(code).toBe(1);
    expect(await foldedState(project.dir)).toEqual(before);

    const folder = join(project.folder, 'broken');
    mkdirSync(join(folder, 'journal'), { recursive: true });
    writeFileSync(join(folder, 'journal/000001.jsonl'), bad, 'latin1');
    expect((await run(['restore', folder, '--as', 'reuben', '--yes'])).err).toContain('broken cannot be restored');
    expect(await foldedState(project.dir)).toEqual(before);
  });

  test('a damaged store is not backed up', async () => {
    truncateSync(journal(), 400);
    const { code, err } = await run(['backup', file]);
    expect(err).toContain('A damaged journal is not copied: The journal lacks record');
    expect(code).toBe(3);
    expect(existsSync(file)).toBe(false);
  });
});

test('a running server goes on with the restored store by itself, never with the one before', async () => {
  await run(['backup', file]);
  const server = await openFederation({ folder: project.dir });
  try {
    await server.execute('start_session', { seen: 0 }, kimi);
    await server.execute('queue_task', { description: 'Later', priority: 'normal' }, kimi);
    const { code } = await restore();
    expect(code).toBe(0);
    await server.refresh();
    expect(server.fault).toBeNull();
    expect([...server.state().tasks.values()].map(({ description }) => description)).toEqual(['One', 'Two', 'Three']);
    await server.execute('queue_task', { description: 'Anew', priority: 'normal' }, kimi);
    expect((await run(['queue', 'list'])).out).toContain('Anew');
    // What this process acknowledged before does not count any more, and what it acknowledges now does.
    expect((await run(['doctor'])).code).toBe(0);
    copyFileSync(journal(), join(project.folder, 'copy'));
  } finally {
    await server.close();
  }
});

test('a backup taken while others write holds everything that was acknowledged before it began', async () => {
  const server = await openFederation({ folder: project.dir });
  try {
    let isWriting = true;
    let acknowledged = 0;
    const writing = (async () => {
      while (isWriting) {
        await server.execute('queue_task', { description: `N ${acknowledged}`, priority: 'normal' }, kimi);
        acknowledged += 1;
      }
    })();
    for (let turn = 0; turn < 4; turn += 1) {
      const before = acknowledged;
      const one = join(project.folder, `turn-${turn}.tar.gz`);
      expect((await run(['backup', one])).code).toBe(0);
      const to = join(project.folder, `turn-${turn}`);
      await run(['restore', one, '--to', to]);
      const { sections } = await foldedState(to);
      expect(sections['tasks']?.length).toBeGreaterThanOrEqual(before + 3);
    }
    isWriting = false;
    await writing;
  } finally {
    await server.close();
  }
});

function sha256(latin1: string): string {
  return createHash('sha256').update(latin1, 'latin1').digest('hex');
}

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8((copy[at] ?? 0) ^ 0x10, at);
  return copy;
}

/** Inside the archive, of the same length. */
function changed(bytes: Buffer, from: string, to: string): Buffer {
  const tar = gunzipSync(bytes);
  const at = tar.indexOf(from);
  expect(at).toBeGreaterThan(-1);
  tar.write(to, at, 'latin1');
  return gzipSync(tar);
}
