/** Which federation the programs use, started as clients and people start them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { clientsUnderTest, type McpClient, type ServerCommand } from '../support/mcp-clients.ts';
import { git } from '../support/git.ts';
import { fedProgram, serverProgram } from '../support/project.ts';

const run = promisify(execFile);

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'place-')));
  const folder = root;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(root, 'home'));
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function fed(cwd: string, ...args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: join(root, 'home'), FEDERATION_AGENT: 'kimi' };
  const started = run(process.execPath, [fedProgram, ...args], { cwd: join(root, cwd), env });
  const { stdout, stderr } = await started.catch((error: Ended & { stdout: string; stderr: string }) => error);
  return { code: started.child.exitCode ?? -1, out: stdout, err: stderr };
}

async function server(cwd: string, settings: Partial<ServerCommand> = {}): Promise<McpClient> {
  const [client] = clientsUnderTest;
  if (client === undefined) throw new Error('Expected a client');
  const env = { HOME: join(root, 'home'), ...settings.env };
  const connected = await client.connect({
    command: process.execPath,
    args: [serverProgram],
    cwd: join(root, cwd),
    ...settings,
    env,
  });
  onTestFinished(() => connected.close());
  return connected;
}

test('an agent in a worktree and a person in the main one share a queue', async () => {
  git(root, 'init', '-q', 'main');
  const main = join(root, 'main');
  mkdirSync(join(main, '.federation'));
  writeFileSync(join(main, '.federation/config.json'), '{}');
  git(main, 'add', '-A');
  git(main, 'commit', '-qm', 'begin');
  git(main, 'worktree', 'add', '-q', '../feature');
  const agent = await server('feature');
  await agent.callTool('queue_task', { description: 'Queued in the worktree', to_agent: 'kimi' });
  expect((await fed('main', 'queue', 'list')).out).toContain('Queued in the worktree');
  expect((await fed('feature', 'queue', 'list')).out).toContain('Queued in the worktree');
  expect(readdirSync(join(root, 'feature/.federation'))).toEqual(['config.json']);
});

test('a journal that lies unused in a worktree is named by the doctor', async () => {
  git(root, 'init', '-q', 'main');
  git(join(root, 'main'), 'commit', '-q', '--allow-empty', '-m', 'begin');
  git(join(root, 'main'), 'worktree', 'add', '-q', '../feature');
  await fed('main', 'init');
  await fed('feature', '--dir', '.', 'init');
  await fed('feature', '--dir', '.', 'queue', 'add', 'Left behind');
  const { code, out } = await fed('feature', 'doctor');
  expect(code).toBe(0);
  expect(out).toMatch(/place: .*Using .*main\/\.federation; .*feature\/\.federation is nearer and has its own journal/);
  expect((await fed('main', 'doctor')).out).not.toContain('place:');
});

test('a placeholder that the client left in reaches the agent as an error, and becomes no folder', async () => {
  mkdirSync(join(root, 'project'));
  const agent = await server('project', { env: { FEDERATION_DIR: '${workspaceFolder}/.federation' } });
  expect((await agent.listTools()).length).toBeGreaterThan(0);
  const { error } = await agent.callTool('start_session');
  expect(error).toMatchObject({ code: 'invalid', next: expect.stringContaining('Write the path itself') });
  expect(error.message).toContain('"${workspaceFolder}" was not filled in');
  expect(readdirSync(join(root, 'project'))).toEqual([]);
});

test('a server that is started in the home folder makes nothing there, and says how to name the project', async () => {
  const agent = await server('home');
  const { error } = await agent.callTool('queue_task', { description: 'Lost' });
  expect(error).toMatchObject({ code: 'store-unavailable', next: expect.stringContaining('FEDERATION_DIR') });
  expect(error.message).toContain('is the home folder');
  expect(readdirSync(join(root, 'home'))).toEqual([]);
});

test('a server makes the federation with the first change, not for who only reads', async () => {
  git(root, 'init', '-q', 'project');
  const folder = join(root, 'project');
  const agent = await server('project');
  await agent.callTool('list_tasks');
  await agent.readResource('federation://status');
  expect(readdirSync(folder)).toEqual(['.git']);
  const queued = await agent.callTool('queue_task', { description: 'First', to_agent: 'kimi' });
  expect(queued.isError).toBe(false);
  expect(readdirSync(folder)).toContain('.federation');
  expect(agent.stderr()).toContain(`created ${join(folder, '.federation')} with defaults`);
  expect((await fed('project', 'queue', 'list')).out).toContain('First');
});

test('a server that only read leaves nothing behind when it ends', async () => {
  git(root, 'init', '-q', 'project');
  const agent = await server('project');
  await agent.callTool('list_tasks');
  await agent.close();
  expect(readdirSync(join(root, 'project'))).toEqual(['.git']);
});

test('fed offers init where a project holds no federation, and reading makes nothing', async () => {
  mkdirSync(join(root, 'project'));
  const { code, err } = await fed('project', '--dir', '.', 'status');
  expect(code).toBe(4);
  expect(err).toContain('fed init --dir .');
  expect(readdirSync(join(root, 'project'))).toEqual([]);
  await fed('project', '--dir', '.', 'init');
  await fed('project', '--dir', '.', 'queue', 'add', 'First');
  expect(readdirSync(join(root, 'project'))).toEqual(['.federation', 'FEDERATION_LOG.md']);
});

test('a deleted working folder is said in a sentence', async () => {
  const script = `cd "$1" && rmdir "$1" && "$2" "$3" status`;
  const gone = join(root, 'gone');
  mkdirSync(gone);
  const env = { PATH: process.env['PATH'], HOME: join(root, 'home') };
  const failed = await run('bash', ['-c', script, 'bash', gone, process.execPath, fedProgram], { env }).catch(
    (error: { code: number; stderr: string }) => error,
  );
  expect(failed).toMatchObject({ code: 4, stderr: expect.stringContaining('the working folder has been deleted') });
  expect(failed.stderr).not.toContain('    at ');
  expect(existsSync(gone)).toBe(false);
});
