/** Each fault that `fed doctor` looks for, made and found; a healthy federation has none of them. */
import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Finding } from '../../src/cli/host.ts';
import { checkpointForm } from '../../src/application/checkpoint-form.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { examine } from '../../src/doctor/examine.ts';
import { examineMachine } from '../../src/doctor/examine-machine.ts';
import { examineWork } from '../../src/doctor/examine-work.ts';
import { type Machine, mountsIn } from '../../src/doctor/machine.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { machineName, ownProcess } from '../../src/runner/process-table.ts';
import { approve } from '../support/approve.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { runWith } from '../support/run-fed.ts';

let folder: string;
let dir: string;
let machine: Machine;
beforeEach(async () => {
  folder = memoryFolder('fed-findings-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  dir = join(folder, '.federation');
  await run('init');
  await run('queue', 'add', 'One', '--type', 'testing');
  machine = {
    node: 'v22.0.0',
    environment: { HOME: join(folder, 'home'), PATH: process.env['PATH'] },
    now: Date.now,
    mounts: () => Promise.resolve([{ place: '/', type: 'ext4' }]),
    freeBytes: () => 10e9,
  };
});

const run = async (...args: readonly string[]) => await runWith(folder, args);
const look = (other: Partial<Machine> = {}) => examine({ folder: dir }, { ...machine, ...other });
const trouble = async (other: Partial<Machine> = {}) => (await look(other)).filter(({ status }) => status !== 'ok');
const only = async (other: Partial<Machine> = {}): Promise<Finding> => {
  const [first, ...more] = await trouble(other);
  expect(more).toEqual([]);
  if (first === undefined) throw new Error('Expected a finding, got none');
  expect(first.next).not.toBeNull();
  return first;
};
const configure = (config: object) => writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
const kimi: Actor = { name: 'kimi', kind: 'agent', session: null, client: null };

test('a healthy federation has no findings, also with a checkpoint, a log and a client', async () => {
  writeFileSync(
    join(folder, '.mcp.json'),
    JSON.stringify({ mcpServers: { federation: { command: 'node', args: [] } } }),
  );
  await checkpoint();
  expect(await trouble()).toEqual([]);
  const checks = (await look()).map(({ check }) => check);
  expect(checks).toEqual([
    'configuration',
    'store',
    'journal',
    'checkpoint',
    'log',
    'webhook',
    'node',
    'disk',
    'space',
    'work',
    'clients',
    'files',
  ]);
});

/** What a server writes when it is idle. */
async function checkpoint(): Promise<void> {
  const federation = await openFederation({ folder: dir });
  await federation.close();
  const store = openJournalStore({ dir });
  await store.open(checkpointForm);
  store.refresh();
  for (const _record of store.read());
  const sections = federation.state().toSections();
  await store.checkpoint('idle', () => ({ position: store.position, sections }));
  await store.close();
  expect(existsSync(join(dir, 'db.json'))).toBe(true);
}

describe('a checkpoint', () => {
  const path = () => join(dir, 'db.json');
  /** As somebody would who knows the format. */
  function edit(sealed: (before: string) => string): void {
    const text = readFileSync(path(), 'utf8').replace('"description":"One"', '"description":"Two"');
    const before = text.slice(0, text.lastIndexOf(',"hash":"'));
    writeFileSync(path(), `${before},"hash":"${sealed(before).slice(0, 32)}"}\n`);
  }

  test('that was edited, its hash made to fit, is found, and no server starts from it', async () => {
    await checkpoint();
    edit((before) => createHash('sha256').update(before).digest('hex'));
    expect(await only()).toMatchObject({ check: 'checkpoint', status: 'warning', fix: 'checkpoint' });
    const server = await openFederation({ folder: dir });
    expect([...server.state().tasks.values()].map(({ description }) => description)).toEqual(['One']);
    await server.close();
    const { out, code } = await run('doctor', '--fix');
    expect(out).toMatch(/^Fixed: db\.json was set aside as db\.json\.[\dT-]+\.aside/);
    expect(code).toBe(0);
    expect(await trouble()).toEqual([]);
  });

  test('that was forged with the key is found by a replay of the journal', async () => {
    await checkpoint();
    const key = readFileSync(join(dir, 'checkpoint.key'), 'utf8').trim();
    edit((before) => createHmac('sha256', key).update(before).digest('hex'));
    const found = await only();
    expect(found).toMatchObject({ check: 'checkpoint', status: 'problem', code: 'corrupt-store' });
    expect(found.detail).toMatch(/differs from what the journal says: tasks \(task-[\d-]+-001\)/);
    expect((await run('doctor', '--fix')).code).toBe(0);
    expect(await trouble()).toEqual([]);
  });
});

describe('the readable log', () => {
  const path = () => join(folder, 'FEDERATION_LOG.md');

  test('with a line taken out, or one of another journal, is named and rewritten', async () => {
    await run('queue', 'add', 'Two');
    writeFileSync(
      path(),
      `Mine.\n\n${readFileSync(path(), 'utf8').replace(/^- 1\.1 .*\n/m, '- 1.1 · 2020-01-01 00:00:00 · eve · x\n')}`,
    );
    const found = await only();
    expect(found).toMatchObject({ check: 'log', status: 'warning', fix: 'log' });
    expect(found.detail).toContain('lacks the entries 1.1 of the journal, and has the entries 1.1, which');
    expect((await run('doctor', '--fix')).out).toContain('was rewritten below its marker, with 2 entries');
    expect(await trouble()).toEqual([]);
    expect(readFileSync(path(), 'utf8')).toMatch(/^Mine\.\n/);
  });

  test('of another journal is named', async () => {
    rmSync(join(dir, 'journal'), { recursive: true });
    rmSync(join(dir, 'sessions'), { recursive: true });
    await run('queue', 'add', 'Other');
    expect(await only()).toMatchObject({ check: 'log', detail: expect.stringContaining('the log of another journal') });
  });
});

describe('the machine', () => {
  const line = (place: string, type: string) => `36 35 98:0 / ${place} rw,noatime shared:1 - ${type} /dev/x rw\n`;

  test.each(['nfs4', 'cifs', '9p', 'virtiofs', 'fuse.sshfs', 'fuse.rclone'])(
    'with the folder on %s is a problem',
    async (type) => {
      const mounts = () => Promise.resolve(mountsIn(line('/', 'ext4') + line(folder, type)));
      const [, found] = await examineMachine(dir, { ...machine, mounts });
      expect(found).toMatchObject({ check: 'disk', status: 'problem' });
      expect(found?.detail).toContain(`is on ${type} (mounted at ${folder})`);
    },
  );

  test.each(['ext4', 'btrfs', 'xfs', 'zfs', 'overlay', 'tmpfs', 'apfs', 'fuse.fuse-overlayfs'])(
    'with %s is fine',
    async (type) => {
      const mounts = () => Promise.resolve(mountsIn(line('/', 'nfs') + line(folder, type)));
      const findings = await examineMachine(dir, { ...machine, mounts });
      expect(findings.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    },
  );

  test('keeps spaces of a mount in mind', () => {
    expect(mountsIn(line('/My\\040Disk', 'ext4'))).toEqual([{ place: '/My Disk', type: 'ext4' }]);
  });

  test('with a folder that a cloud synchronises is a warning', async () => {
    const cloud = join(folder, 'Dropbox/project/.federation');
    mkdirSync(cloud, { recursive: true });
    expect(await examineMachine(cloud, machine)).toContainEqual(
      expect.objectContaining({ check: 'disk', status: 'warning' }),
    );
  });

  test('with a full disk, or an old Node, is a problem', async () => {
    expect(await only({ freeBytes: () => 150e6 })).toMatchObject({ check: 'space', status: 'warning' });
    expect(await only({ freeBytes: () => 1e6 })).toMatchObject({ check: 'space', status: 'problem' });
    expect(await only({ node: 'v20.18.3' })).toMatchObject({ check: 'node', status: 'problem' });
    expect(await trouble({ node: 'v20.19.0' })).toEqual([]);
  });
});

test('a folder that others can read is named and closed', async () => {
  chmodSync(dir, 0o755);
  expect(await only()).toMatchObject({ check: 'permissions', fix: 'permissions' });
  expect((await run('doctor', '--fix')).out).toContain('Fixed: the files were closed to others');
  expect(await trouble()).toEqual([]);
});

describe('work', () => {
  test('whose lease ended while nobody looked is named, and then done', async () => {
    const [id = ''] = /task-[\d-]+/.exec((await run('queue', 'list', '--json')).out) ?? [];
    await run('queue', 'claim', id);
    expect(await trouble()).toEqual([]);
    const later = { now: () => Date.now() + 86_400_000 };
    const found = await only(later);
    expect(found).toMatchObject({ check: 'overdue', fix: 'catch-up' });
    expect(found.detail).toContain(`leases of ${id}`);
  });

  test('past its deadline, and a vote past its own, are named', async () => {
    await run('queue', 'edit', await firstTask(), '--deadline', '1h', '--as', 'reuben');
    await run('vote', 'create', 'Which?', '--option', 'a', '--option', 'b');
    const checks = (await trouble({ now: () => Date.now() + 3 * 86_400_000 })).map(
      ({ check, detail }) => `${check}: ${detail}`,
    );
    expect(checks[0]).toMatch(/^overdue: .*the deadline of vote-/);
    expect(checks[1]).toMatch(/^deadlines: Past their deadline:\n {2}task-[\d-]+ was due /);
    expect(checks.length).toBe(2);
  });

  test('that waits for what is not there is named', async () => {
    const federation = await openFederation({ folder: dir });
    await federation.close();
    const state = federation.state();
    const [task] = state.tasks.values();
    if (task === undefined) throw new Error('Expected a task');
    expect(examineWork(state, federation.config, Date.now())).toMatchObject([{ check: 'work', status: 'ok' }]);
    // As after a loss that took what it waits for.
    state.tasks.set(task.task_id, { ...task, waiting_for: ['task-2020-01-01-001'] });
    const [found] = examineWork(state, federation.config, Date.now());
    expect(found).toMatchObject({ check: 'dependencies', status: 'warning' });
    expect(found?.detail).toContain('waits for task-2020-01-01-001');
  });

  test('that nobody can take is named: an unknown type, an agent that is gone from the roster', async () => {
    await run('queue', 'add', 'For kimi', '--to', 'kimi');
    configure({ agents: { claude: { types: ['research'] } } });
    const found = await only();
    expect(found.check).toBe('takers');
    expect(found.detail).toMatch(/-001 no agent does "testing"\n.*-002 for kimi, who may not take it/);
  });

  test('of a run whose runner is gone is named', async () => {
    configure({ agents: { kimi: { types: ['testing'], run: { preset: 'claude-code' } } } });
    const federation = await openFederation({ folder: dir });
    const runner = ownProcess();
    const order = {
      program: 'claude-code',
      settle: 'agent',
      secret_hash: 'x',
      machine: machineName(),
      runner,
    } as const;
    await federation.execute('begin_run', order, { ...kimi, session: 'k1' });
    await federation.close();
    const state = federation.state();
    expect(examineWork(state, federation.config, Date.now())).toMatchObject([{ check: 'work', status: 'ok' }]);
    const [run] = state.runs.values();
    if (run === undefined) throw new Error('Expected a run');
    state.runs.set(run.run_id, { ...run, runner: { ...runner, started: 'another time' } });
    const [found] = examineWork(state, federation.config, Date.now());
    expect(found).toMatchObject({ check: 'runs', status: 'warning', detail: `The runner of ${run.run_id} is gone` });
  });
});

test('a webhook that nothing listens to is named; one that does is fine, and gets nothing', async () => {
  let requests = 0;
  const server = createServer(() => {
    requests += 1;
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  configure({ webhook: { url: `http://127.0.0.1:${port}/x` } });
  vi.stubEnv('XDG_STATE_HOME', `${folder}-state`);
  onTestFinished(() => void vi.unstubAllEnvs());
  approve(folder);
  expect(await trouble()).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  expect(requests).toBe(0);
  const found = await only();
  expect(found).toMatchObject({ check: 'webhook', status: 'warning' });
  expect(found.detail).toContain('127.0.0.1 cannot be reached: connect ECONNREFUSED');
});

describe('clients', () => {
  const json = (command: string, ...args: string[]) =>
    JSON.stringify({ mcpServers: { federation: { command, args } } });

  test('whose program or script is missing are named with their file', async () => {
    mkdirSync(join(folder, 'home/.codex'), { recursive: true });
    writeFileSync(join(folder, '.mcp.json'), json('federation-mcp-gone'));
    writeFileSync(join(folder, 'home/.claude.json'), json('node', join(folder, 'gone/main.js')));
    writeFileSync(
      join(folder, 'home/.codex/config.toml'),
      '[mcp_servers.federation]\ncommand = "no-such-program"\nargs = []\n',
    );
    const found = await only();
    expect(found).toMatchObject({ check: 'clients', status: 'problem' });
    expect(found.detail).toContain(`${join(folder, '.mcp.json')}: "federation" starts federation-mcp-gone, and`);
    expect(found.detail).toContain(`starts ${join(folder, 'gone/main.js')}, which does not exist`);
    expect(found.detail).toContain('starts no-such-program, and no-such-program was not found on the PATH');
  });

  test('that start something else, or cannot be read, are no business of ours', async () => {
    writeFileSync(join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { other: { command: 'gone' } } }));
    mkdirSync(join(folder, '.cursor'));
    appendFileSync(join(folder, '.cursor/mcp.json'), '{ not json');
    expect(await trouble()).toEqual([]);
  });
});

test('a restore that was killed is named and cleared', async () => {
  mkdirSync(join(dir, 'restoring/new/journal'), { recursive: true });
  expect(await only()).toMatchObject({ check: 'restore', fix: 'restore' });
  expect((await run('doctor', '--fix')).out).toContain('Fixed: the interrupted restore');
  expect(await trouble()).toEqual([]);
});

async function firstTask(): Promise<string> {
  return /task-[\d-]+-001/.exec((await run('queue', 'list', '--json')).out)?.[0] ?? '';
}
