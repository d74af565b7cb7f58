/** Who can read what the programs leave on the disk, whatever umask they were started with. */
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientsUnderTest, type McpClient, type ServerCommand } from '../support/mcp-clients.ts';
import { fedProgram, makeProject, type Project } from '../support/project.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 54_321;
const group = 54_322;

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

function fed({ folder, dir }: Project, args: readonly string[], account: Account = {}) {
  const env = { PATH: process.env['PATH'], FEDERATION_DIR: dir, HOME: folder };
  const run = spawnSync(process.execPath, [fedProgram, ...args], { cwd: folder, env, encoding: 'utf8', ...account });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

/** The server with an umask that hides nothing. */
async function connect({ command, args, ...more }: ServerCommand): Promise<McpClient> {
  const [client] = clientsUnderTest;
  if (client === undefined) throw new Error('Expected a client');
  const script = ['-c', 'umask 000; exec "$@"', 'sh', command, ...args];
  const connected = await client.connect({ ...more, command: 'sh', args: script });
  onTestFinished(() => connected.close());
  return connected;
}

/** Everything below, with its mode. */
function modes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(names.map((name) => [name, (lstatSync(join(folder, name)).mode & 0o7777).toString(8)]));
}

/** A vote with a sealed ballot, and whatever a server leaves behind. */
async function work(project: Project): Promise<void> {
  const kimi = await connect(project.server('kimi'));
  await kimi.callTool('queue_task', { description: 'Build it', to_agent: 'auto' });
  const opened = await kimi.callTool('open_vote', { question: 'Ship?', options: ['yes', 'no'] });
  const [vote_id = ''] = /vote-[\d-]+\d/.exec(opened.text) ?? [];
  await kimi.callTool('cast_vote', { vote_id, choice: 'yes', confidence: 0.9, reasoning: 'tested' });
  expect(readFileSync(join(project.dir, 'journal/000001.jsonl'), 'utf8')).toContain('seal_key');
  expect(Object.keys(modes(project.dir)).some((name) => name.startsWith('sessions/'))).toBe(true);
}

function makeOpenProject(config: Record<string, unknown> = {}): Project {
  const project = makeProject(config);
  chmodSync(project.folder, 0o755);
  return project;
}

describe.skipIf(process.platform === 'win32')('what the programs leave on the disk', () => {
  test('is readable by its owner alone, also what an older version left open', async () => {
    const project = makeOpenProject();
    chmodSync(project.dir, 0o755);
    writeFileSync(join(project.dir, 'db.json'), 'of an older version', { mode: 0o644 });
    expect(fed(project, ['doctor']).out).toContain('! permissions: other users of this machine can read');
    await work(project);
    fed(project, ['queue', 'add', 'One', '--as', 'reuben']);
    for (const [name, mode] of Object.entries(modes(project.dir))) {
      expect([name, mode]).toEqual([name, lstatSync(join(project.dir, name)).isDirectory() ? '700' : '600']);
    }
    expect((statSync(project.dir).mode & 0o777).toString(8)).toBe('700');
    expect((statSync(join(project.folder, 'FEDERATION_LOG.md')).mode & 0o777).toString(8)).toBe('600');
    expect(fed(project, ['doctor']).out).not.toContain('permissions');
  });

  test.skipIf(!isRoot)('is nothing for another user', async () => {
    const project = makeOpenProject();
    await work(project);
    const { code, out, err } = fed(project, ['status'], { uid: stranger, gid: stranger });
    expect([code === 0, out]).toEqual([false, '']);
    expect(err).not.toContain('    at ');
  });

  test.skipIf(!isRoot)('can be read by the group that is configured, and changed by nobody else', async () => {
    const project = makeOpenProject({ files: { group } });
    await work(project);
    for (const [name, mode] of Object.entries(modes(project.dir))) {
      const path = join(project.dir, name);
      expect([name, mode, statSync(path).gid]).toEqual([name, lstatSync(path).isDirectory() ? '2750' : '640', group]);
    }
    const reader = { uid: stranger, gid: group };
    const status = fed(project, ['status'], reader);
    expect(status).toMatchObject({ code: 0, err: '' });
    expect(fed(project, ['queue', 'list'], reader).out).toContain('Build it');
    const change = fed(project, ['queue', 'add', 'Two', '--as', 'kimi'], reader);
    expect(change.code).toBe(4);
    expect(fed(project, ['status'], { uid: stranger, gid: stranger }).code).not.toBe(0);
  });

  test('stays its owner’s where the group is not known, and says so', () => {
    const project = makeOpenProject({ files: { group: 'no-such-group' } });
    const { err } = fed(project, ['status']);
    expect(err).toContain('files.group: no-such-group is not a group of this machine');
    expect((statSync(project.dir).mode & 0o777).toString(8)).toBe('700');
  });
});
