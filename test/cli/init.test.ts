/** `fed init` in a folder and a home of its own: what it asks, what it writes, and what it leaves. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../../src/config/read-config.ts';
import type { Config } from '../../src/config/schema.ts';
import { Trust, trustedParts } from '../../src/config/trust.ts';
import { type Run, type RunSettings, runWith } from '../support/run-fed.ts';
import { serverProgram } from '../support/project.ts';

let root = '';
let project = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fed init-'));
  project = join(root, 'Überblick');
  for (const folder of [project, join(root, 'home'), join(root, 'bin')]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function environment(): Record<string, string> {
  return { HOME: join(root, 'home'), XDG_STATE_HOME: join(root, 'state'), PATH: join(root, 'bin') };
}

function init(words: string, settings: RunSettings = {}): Promise<Run> {
  return runWith(project, ['init', ...words.split(' ').filter(Boolean)], { environment: environment(), ...settings });
}

function install(...programs: readonly string[]): void {
  for (const program of programs) {
    writeFileSync(join(root, 'bin', program), '#!/bin/sh\n');
    chmodSync(join(root, 'bin', program), 0o755);
  }
}

function config(): Config {
  const file = join(project, '.federation/config.json');
  return parseConfig(readFileSync(file, 'utf8'), file);
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const server = { type: 'stdio', command: 'node', args: [serverProgram] };

it('connects a client, says how to check it, changes nothing when it is run again, and takes it out', async () => {
  const first = await init('--client claude');
  expect(first.code).toBe(0);
  expect(first.out).toContain('Check Claude Code: claude mcp list');
  expect(first.out).toMatch(/Start Claude Code here, and say: Call start_session/);
  expect(json(join(project, '.mcp.json'))).toEqual({ mcpServers: { federation: server } });
  const modes = ['.mcp.json', '../home/.claude.json'].map((file) => statSync(join(project, file)).mode & 0o777);
  expect(modes).toEqual([0o666 & ~process.umask(), 0o600]);
  expect(json(join(root, 'home/.claude.json'))).toEqual({
    projects: { [project]: { mcpServers: { federation: server } } },
  });
  expect((await init('--client claude')).out).toContain('Everything was connected already');
  const removed = await init('--remove');
  expect(removed.out).toContain('removed');
  expect(existsSync(join(project, '.mcp.json'))).toBe(false);
  expect(existsSync(join(root, 'home/.claude.json'))).toBe(false);
  expect((await init('--remove')).out).toContain('Nothing to remove');
});

it('says of a file that others have as well, and of no other, that its entry is for this machine', async () => {
  const only = 'It names a file on this machine';
  for (const name of ['claude', 'vscode', 'copilot', 'cursor', 'gemini', 'opencode']) {
    expect((await init(`--client ${name} --dry-run`)).out, name).toContain(only);
  }
  for (const name of ['kimi', 'codex', 'claude --scope user']) {
    expect((await init(`--client ${name} --dry-run`)).out, name).not.toContain(only);
  }
});

it('says each note below the client that it is about', async () => {
  const { out } = await init('--client gemini,codex --dry-run');
  const lines = out.split('\n');
  const [gemini, codex] = ['Check Gemini CLI:', 'Check Codex:'].map((text) =>
    lines.findIndex((line) => line.startsWith(text)),
  );
  expect(lines.findIndex((line) => line.includes('trusted folder'))).toBe((gemini ?? 0) + 1);
  expect(lines.findIndex((line) => line.includes('startup_timeout_sec gives'))).toBeGreaterThan(codex ?? 0);
});

it('puts an agent on the roster that its client would be a stranger without', async () => {
  await init('');
  const before = readFileSync(join(project, '.federation/config.json'), 'utf8');
  const { out } = await init('--client codex,gemini,opencode --json');
  expect(z.object({ configured: z.array(z.string()) }).parse(JSON.parse(out)).configured).toEqual([
    'agents.codex',
    'agents.gemini',
    'agents.opencode',
  ]);
  expect(config().agents['codex']?.clients).toEqual(['codex-mcp-client']);
  const lines = before.split('\n').filter((line) => line.includes('//'));
  for (const line of lines) expect(readFileSync(join(project, '.federation/config.json'), 'utf8')).toContain(line);
});

it('a configuration without agents keeps the default ones', async () => {
  mkdirSync(join(project, '.federation'));
  writeFileSync(join(project, '.federation/config.json'), '{ "operator": "ada" }');
  await init('--client codex');
  expect(Object.keys(config().agents)).toEqual(['claude', 'copilot', 'kimi', 'kimi-ide', 'ollama', 'codex']);
});

it('asks at a terminal about clients, agents and checks, shows what it writes, and approves what it asked about', async () => {
  install('claude', 'codex');
  writeFileSync(join(project, 'package.json'), '{"scripts": {"test": "vitest"}}');
  const { code, out } = await init('', { answer: '', answers: ['claude, codx', 'all', 'codex', 'y', ''] });
  expect(code).toBe(0);
  expect(out).toContain('Clients found here: claude (Claude Code), codex (Codex)');
  expect(out).toContain('"codx" is none of them; did you mean codex?');
  expect(out).toContain('Must npm test pass before work counts as done? [Y/n]');
  expect(out.trimEnd().split('\n').at(-1)).toMatch(
    /^Next: Queue work with fed queue add .*, then start the agents: fed work\.$/,
  );
  const now = config();
  expect(now.agents['codex']?.run?.preset).toBe('codex');
  expect(now.agents['claude']?.run).toBeUndefined();
  expect(now.checks['test']).toMatchObject({ command: ['npm', 'test'], protect: ['package.json'] });
  expect(new Trust(project, environment()).missing(trustedParts(now, project))).toEqual([]);
  expect(readFileSync(join(root, 'home/.codex/config.toml'), 'utf8')).toContain('[mcp_servers.federation]');

  const again = await init('', { answer: '', answers: ['none'] });
  expect(again.out).not.toContain('Clients found');
  expect(again.out).toContain('fed work can start these for ready tasks, at your cost: claude');
});

it('writes nothing where the person says no, and asks nobody who is not there', async () => {
  install('gemini');
  const { out } = await init('', { answer: 'n', answers: ['all', 'none'] });
  expect(out).toContain('Nothing was written.');
  expect(existsSync(join(project, '.federation'))).toBe(false);
  const marked = await init('', { answer: 'y', environment: { ...environment(), CLAUDECODE: '1' } });
  expect(marked.out).not.toContain('Clients found');
});

it('shows with --dry-run and writes nothing', async () => {
  const { out } = await init('--client cursor --dry-run');
  expect(out).toContain(`federation in ${join(project, '.cursor/mcp.json')}`);
  expect(existsSync(join(project, '.cursor'))).toBe(false);
  expect(existsSync(join(project, '.federation'))).toBe(false);
});

it('refuses as a whole: a file at fault leaves no federation and no other client behind', async () => {
  writeFileSync(join(project, '.mcp.json'), '{ "mcpServers": ');
  const { code, err } = await init('--client cursor,claude');
  expect(code).toBe(1);
  expect(err).toMatch(/\.mcp\.json:1:\d+: not JSON.*\nNothing was changed/);
  expect(existsSync(join(project, '.federation'))).toBe(false);
  expect(existsSync(join(project, '.cursor'))).toBe(false);
  const unknown = await init('--client clade');
  expect(unknown.code).toBe(2);
  const scope = await init('--client kimi --scope project');
  expect(scope.err).toContain('Kimi Code reads no file in a project.');
});

it('a broken configuration of the federation is named before any client is touched', async () => {
  await init('');
  writeFileSync(join(project, '.federation/config.json'), '{ "operator": 1 }');
  const { code, err } = await init('--client cursor');
  expect(code).toBe(1);
  expect(err).toContain('config.json:1: operator');
  expect(existsSync(join(project, '.cursor'))).toBe(false);
});

it('a second federation is named in a file of the project, and not in one that serves every project', async () => {
  const other = join(root, 'other/.federation');
  const first = await init(`--client cursor --dir ${join('..', 'other', '.federation')}`);
  expect(first.code).toBe(0);
  expect(json(join(project, '.cursor/mcp.json'))).toMatchObject({
    mcpServers: { federation: { args: [serverProgram, '--dir', other] } },
  });
  const again = await init('--client cursor');
  expect(again.err).toContain('already leads to another federation');
  const all = await init(`--client codex --dir ${join('..', 'other', '.federation')}`);
  expect(all.err).toContain(`Start Codex with FEDERATION_DIR=${other}.`);
});

it('removing our server from a project names the clients that have it everywhere', async () => {
  await init('--client codex,cursor');
  const { out } = await init('--remove');
  expect(out).toContain('Still connected in all your projects: codex.');
  expect(existsSync(join(project, '.cursor'))).toBe(false);
  expect((await init('--remove --scope user --client codex')).out).not.toContain('Still connected');
  expect(existsSync(join(root, 'home/.codex/config.toml'))).toBe(false);
});

it('a federation in a database is named in the entry', async () => {
  const store = 'postgres://fed@db.example.com/team';
  await init(`--client cursor --store ${store}`);
  expect(json(join(project, '.cursor/mcp.json'))).toMatchObject({
    mcpServers: { federation: { args: [serverProgram, '--store', store] } },
  });
  const secret = await init('--client vscode --store postgres://fed:secret@db.example.com/team');
  expect(secret.err).toContain("The store's URL has a password in it.");
  expect(existsSync(join(project, '.vscode'))).toBe(false);
  expect((await init(`--client codex --store ${store}`)).err).toContain(`Start Codex with FEDERATION_STORE=${store}.`);
});
