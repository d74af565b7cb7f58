/** A project that somebody else wrote, cloned with git, and what it tries to reach. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { clientsUnderTest, type McpClient } from '../support/mcp-clients.ts';
import { git } from '../support/git.ts';
import { fedProgram, serverProgram } from '../support/project.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cloned-')));
  const folder = root;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['theirs', 'outside']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'outside/SECRET.md'), 'the secret');
  git(join(root, 'theirs'), 'init', '-q');
});

function clone(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): string {
  const theirs = join(root, 'theirs');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(theirs, path)), { recursive: true });
    writeFileSync(join(theirs, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(theirs, path)), { recursive: true });
    symlinkSync(target, join(theirs, path));
  }
  git(theirs, 'add', '-A', '-f');
  git(theirs, 'commit', '-qm', 'as cloned');
  git(root, 'clone', '-q', 'theirs', 'mine');
  return join(root, 'mine');
}

async function server(cwd: string): Promise<McpClient> {
  const [client] = clientsUnderTest;
  if (client === undefined) throw new Error('Expected a client');
  const env = { HOME: join(root, 'home'), API_KEY: 'the secret' };
  const connected = await client.connect({ command: process.execPath, args: [serverProgram], cwd, env });
  onTestFinished(() => connected.close());
  return connected;
}

test.each([
  ['the environment', '/proc/self/environ'],
  ['a file beside the project', '../outside/SECRET.md'],
  ['a link', 'SOUL.md'],
])('its identity file gives an agent nothing of %s', async (_what, identity) => {
  const config = JSON.stringify({ agents: { claude: { clients: ['claude-code'], identity } } });
  const mine = clone({ '.federation/config.json': config }, { 'SOUL.md': '../outside/SECRET.md' });
  const agent = await server(mine);
  const { text } = await agent.callTool('start_session');
  expect(text).not.toContain('the secret');
  expect(text).toContain('leads out of the project');
});

test('its log and its assignments are not written outside', async () => {
  const mine = clone(
    { '.federation/config.json': JSON.stringify({ log_file: 'FEDERATION_LOG.md' }) },
    { 'FEDERATION_LOG.md': '../outside/rc', 'AGENT_ASSIGNMENTS.md': '../outside/rc' },
  );
  const agent = await server(mine);
  await agent.callTool('queue_task', { description: 'echo owned' });
  await agent.close();
  const env = { PATH: process.env['PATH'], HOME: join(root, 'home') };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [fedProgram, ...args], { cwd: mine, env, stdio: 'pipe' });
  expect(() => run('agents', 'assignments')).toThrow('leads out of the project');
  expect(() => run('log', '--rebuild')).toThrow('leads out of the project');
  expect(readdirSync(join(root, 'outside'))).toEqual(['SECRET.md']);
});

test.each([
  ['its folder', { '.federation': '../outside' }, {}],
  ['its journal', { '.federation/journal': '../../outside' }, { '.federation/config.json': '{}' }],
  ['a segment', { '.federation/journal/000001.jsonl': '../../../outside/made' }, { '.federation/config.json': '{}' }],
])('it is refused where %s is a link to elsewhere', async (_what, links, files) => {
  const agent = await server(clone(files, links));
  const { error } = await agent.callTool('queue_task', { description: 'echo owned' });
  expect(error).toMatchObject({ code: 'invalid' });
  expect(error.message).toContain('outside');
  expect(readdirSync(join(root, 'outside'))).toEqual(['SECRET.md']);
});
