/** `fed doctor` on a real folder, sound and damaged. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import { approve } from '../support/approve.ts';
import { runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-doctor-'));
  vi.stubEnv('XDG_STATE_HOME', `${folder}-state`);
  await runWith(folder, ['init']);
  for (const name of ['One', 'Two', 'Three']) await runWith(folder, ['queue', 'add', name]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const path of [folder, `${folder}-state`]) await rm(path, { recursive: true, force: true });
});

const doctor = (...args: readonly string[]) => runWith(folder, ['doctor', ...args]);
const dir = () => join(folder, '.federation');

async function everyFile(): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true });
  const files: [string, string][] = [];
  for (const entry of entries) {
    const path = join(folder, entry);
    const { mtimeMs, size, ino } = await stat(path);
    files.push([entry, `${mtimeMs} ${size} ${ino}`]);
  }
  return Object.fromEntries(files);
}

test('a sound federation has no problems', async () => {
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out).toMatch(/^✓ configuration: 5 agents, operator reuben\n✓ store: intact up to record 3; /);
  expect(out).toContain(
    '✓ journal: 3 records, 3 events, 3 tasks; every hash verified\n✓ log: the same as the journal\n✓ webhook: not configured\n',
  );
  expect(out).toContain('✓ work: 3 tasks, none of them stuck\n✓ files: all usable');
  expect(out).not.toMatch(/^[!✗]/m);
});

test('looking changes nothing', async () => {
  await rm(join(dir(), 'config.last-good.json'));
  const before = await everyFile();
  await doctor();
  expect(await everyFile()).toEqual(before);
});

test('a faulty configuration is named with file and line, and the rest is still looked at', async () => {
  await writeFile(join(dir(), 'config.json'), '{\n  "operater": "reuben"\n}\n');
  const { code, out } = await doctor();
  expect(code).toBe(1);
  expect(out).toMatch(/^✗ configuration: .*config\.json:2: operater: unknown key .*\n {2}→ Correct the file/);
  expect(out).toContain('✓ journal: 3 records');
});

test('an identity file that cannot be used is a warning', async () => {
  await writeFile(join(folder, 'large.md'), 'x'.repeat(5 * 1024 * 1024));
  const agents = { kimi: { identity: 'gone.md' }, claude: { identity: 'large.md' } };
  await writeFile(join(dir(), 'config.json'), JSON.stringify({ agents }));
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out).toMatch(/^! configuration: .*agents\.kimi\.identity: gone\.md does not exist\n/);
  expect(out).toContain('agents.claude.identity: large.md has 5120 KiB, more than the 64 KiB allowed');
});

test('with a broken file, the rest is held against the configuration in force', async () => {
  const good = JSON.stringify({ webhook: { url: 'http://127.0.0.1:9/' } });
  await writeFile(join(dir(), 'config.json'), good);
  approve(folder);
  await runWith(folder, ['status']);
  await writeFile(join(dir(), 'config.json'), good.slice(1));
  const { code, out } = await doctor();
  expect(code).toBe(1);
  expect(out).toMatch(/^✗ configuration: .*using the last good configuration/);
  expect(out).toContain('! webhook: 0 delivered');
});

test('damage far before the end is found, which a checkpoint would hide', async () => {
  const file = join(dir(), 'journal/000001.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('One', 'Öne'));
  const { code, out } = await doctor('--json');
  expect(code).toBe(3);
  const said: unknown = JSON.parse(out);
  const damaged = { check: 'journal', status: 'problem', code: 'corrupt-store' };
  expect(said).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ check: 'configuration', status: 'ok' }),
      expect.objectContaining({ ...damaged, detail: expect.stringContaining('000001.jsonl') }),
      expect.objectContaining({ check: 'files', status: 'ok' }),
    ]),
  });
});

test('deliveries that were given up are a problem, those under way a warning', async () => {
  const webhook = { url: 'http://127.0.0.1:9/', max_attempts: 1 };
  await writeFile(join(dir(), 'config.json'), JSON.stringify({ webhook }));
  expect((await doctor()).out).toContain('failed for good; not approved on this machine\n  → fed init asks');
  approve(folder);
  expect((await doctor()).out).toContain('! webhook: 0 delivered, 0 pending, 0 failed for good; 127.0.0.1 cannot be');
  const as = ['--as', 'kimi'];
  const added = await runWith(folder, ['queue', 'add', 'Doomed', '--to', 'kimi', '--json', ...as]);
  const [id = ''] = /task-[\d-]+/.exec(added.out) ?? [];
  await runWith(folder, ['queue', 'claim', id, ...as]);
  await runWith(folder, ['queue', 'fail', id, 'no', '--no-retry', ...as]);
  const { code, out } = await doctor();
  expect(out).toMatch(/✗ webhook: 0 delivered, 0 pending, 1 failed for good; last error .*cannot be reached/);
  expect(out).toContain('fed inbox');
  expect(code).toBe(1);
  expect((await runWith(folder, ['status'])).out).toContain('1 webhook delivery failed for good: ');
});

test('a damaged file of deliveries is a warning, which says what happens', async () => {
  await writeFile(join(dir(), 'config.json'), JSON.stringify({ webhook: { url: 'http://127.0.0.1:9/' } }));
  await writeFile(join(dir(), 'webhook.json'), '{"through": 12, "pend');
  const { code, out } = await doctor();
  expect(out).toContain('! webhook: webhook.json is damaged');
  expect(out).toContain('open inbox items');
  expect(code).toBe(0);
});

test.each([
  ['', 'the variable FED_DOCTOR_SECRET is not set'],
  ['whsec_not base64', 'the variable FED_DOCTOR_SECRET is not base64 after whsec_'],
])('a secret that cannot be used (%j) is a warning', async (secret, problem) => {
  vi.stubEnv('FED_DOCTOR_SECRET', secret);
  const webhook = { url: 'http://127.0.0.1:9/', secret_env: 'FED_DOCTOR_SECRET' };
  await writeFile(join(dir(), 'config.json'), JSON.stringify({ webhook }));
  approve(folder);
  expect((await doctor()).out).toContain(`! webhook: 0 delivered, 0 pending, 0 failed for good; ${problem}\n`);
});

test('a process whose clock is another is named, and what that means', async () => {
  const day = 86_400_000;
  const ahead = await openFederation({
    folder: dir(),
    clock: () => Date.now() + day,
    monotonic: () => performance.now(),
  });
  await ahead.execute('start_session', { seen: 0 }, { name: 'kimi', kind: 'agent', session: 'k1', client: null });
  expect((await doctor()).out).toContain('! clocks: The clocks of two processes differ by 24 h. Nothing expires');
  expect((await runWith(folder, ['status'])).out).toContain('The clocks of two processes differ by 24 h');
  await ahead.close();
  expect((await doctor()).out).toContain('! clocks: The journal is 24 h ahead of the clock');
});
