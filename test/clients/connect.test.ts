/** Clients' settings belong to other people: our entry goes in and comes out, and nothing else moves. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from '@decimalturn/toml-patch';
import { clientNames, type ClientName, type Scope, type Surroundings } from '../../src/clients/client.ts';
import { clientNamed } from '../../src/clients/clients.ts';
import { carryOut, planFor, usualScope } from '../../src/clients/connect.ts';
import { findClients } from '../../src/clients/find-clients.ts';

let root = '';
let around: Surroundings;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clients mit Umläuten-'));
  const [project, home] = [join(root, 'Überblick 1'), join(root, 'home')];
  mkdirSync(project);
  mkdirSync(home);
  around = { project, home, environment: { PATH: join(root, 'bin') }, platform: 'linux' };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const server = { command: 'federation-mcp', args: [] };

function wanted(name: ClientName, connect: boolean, scope?: Scope) {
  const client = clientNamed(name);
  return [{ client, scope: scope ?? usualScope(client), server: connect ? server : null }];
}

function connect(name: ClientName, scope?: Scope): void {
  carryOut(planFor(wanted(name, true, scope), around), join(root, 'backups'));
}

function disconnect(name: ClientName, scope?: Scope): void {
  carryOut(planFor(wanted(name, false, scope), around), join(root, 'backups'));
}

function write(file: string, text: string | Uint8Array): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const files: Readonly<Record<ClientName, readonly [project: string | null, user: string]>> = {
  claude: ['.mcp.json', '.claude.json'],
  vscode: ['.vscode/mcp.json', '.config/Code/User/mcp.json'],
  copilot: ['.mcp.json', '.copilot/mcp-config.json'],
  kimi: [null, '.kimi-code/mcp.json'],
  'kimi-cli': [null, '.kimi/mcp.json'],
  cursor: ['.cursor/mcp.json', '.cursor/mcp.json'],
  gemini: ['.gemini/settings.json', '.gemini/settings.json'],
  codex: [null, '.codex/config.toml'],
  opencode: ['opencode.json', '.config/opencode/opencode.json'],
};

function fileOf(name: ClientName, scope: Scope): string | null {
  const [project, user] = files[name];
  if (scope === 'user') return join(around.home ?? '', user);
  return project === null ? null : join(around.project, project);
}

describe.each(clientNames)('%s', (name) => {
  it.each(['project', 'user'] as const)(
    'is connected in its file of the %s, and disconnected without a trace',
    (scope) => {
      const file = fileOf(name, scope);
      if (file === null) {
        expect(clientNamed(name).places.project).toBeNull();
        return;
      }
      connect(name, scope);
      expect(readFileSync(file, 'utf8')).toContain('federation-mcp');
      const text = readFileSync(file, 'utf8');
      connect(name, scope);
      expect(readFileSync(file, 'utf8')).toBe(text);
      disconnect(name, scope);
      expect(existsSync(file)).toBe(false);
    },
  );

  it('leaves comments, unknown keys and the way the file is written as they were', () => {
    const scope = usualScope(clientNamed(name));
    const file = fileOf(name, scope) ?? '';
    const before = file.endsWith('.toml')
      ? '# mine\nmodel = "o3"  # fast\nbig = 9007199254740993\n\n[mcp_servers.other]\ncommand = "x"\n\n[profiles.a]\n"odd key" = 1e3\n'
      : name === 'opencode'
        ? '{\r\n\t// mine\r\n\t"theme": "x",\r\n\t"mcp": {\r\n\t\t"other": { "type": "local", "command": ["x"] }\r\n\t}\r\n}\r\n'
        : `{\n    // mine\n    "theme": 1e3,\n    "${name === 'vscode' ? 'servers' : 'mcpServers'}": {\n        "other": { "command": "x" } // keep\n    },\n    "last": [1, 2 ]\n}`;
    write(file, before);
    connect(name);
    const after = readFileSync(file, 'utf8');
    expect(after).toContain('federation');
    const plain = (text: string) => text.replaceAll(',', '');
    for (const line of before.split(/\r?\n/)) expect(plain(after)).toContain(plain(line.trim()));
    disconnect(name);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

it('two clients share one file and one entry', () => {
  const both = (['claude', 'copilot'] as const).flatMap((name) => wanted(name, true));
  carryOut(planFor(both, around), null);
  const { mcpServers } = JSON.parse(readFileSync(join(around.project, '.mcp.json'), 'utf8'));
  expect(mcpServers).toEqual({ federation: { type: 'stdio', command: 'federation-mcp', args: [], tools: ['*'] } });
});

it("Codex's entry is a table of its own that gives the server time to start", () => {
  const file = fileOf('codex', 'user') ?? '';
  write(file, 'mcp_servers = { other = { command = "x" } }\n');
  connect('codex');
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
    mcp_servers: { other: { command: 'x' }, federation: { command: 'federation-mcp', startup_timeout_sec: 20 } },
  });
  disconnect('codex');
  connect('codex');
  write(file, 'model = "o3"');
  connect('codex');
  expect(readFileSync(file, 'utf8')).toBe(
    'model = "o3"\n\n[mcp_servers.federation]\ncommand = "federation-mcp"\nargs = []\nstartup_timeout_sec = 20\n',
  );
});

it('what a user added to our entry stays, and a program that is gone is replaced', () => {
  const file = join(around.project, '.mcp.json');
  const mine = { command: 'node', args: ['/gone/dist/src/main.js', '--tools', 'core'], env: { A: '1' } };
  write(file, JSON.stringify({ mcpServers: { federation: mine } }));
  connect('claude');
  const { mcpServers } = JSON.parse(readFileSync(file, 'utf8'));
  expect(mcpServers.federation).toMatchObject({
    command: 'federation-mcp',
    args: ['--tools', 'core'],
    env: { A: '1' },
  });
});

it('a link is followed, and stays one; in a project it must not lead out', () => {
  const dotfiles = write(join(root, 'dotfiles/config.toml'), 'model = "o3"\n');
  mkdirSync(join(root, 'home/.codex'));
  symlinkSync(dotfiles, join(root, 'home/.codex/config.toml'));
  connect('codex');
  expect(readFileSync(dotfiles, 'utf8')).toContain('federation');
  symlinkSync(write(join(root, 'elsewhere.json'), '{}'), join(around.project, '.mcp.json'));
  expect(() => connect('claude')).toThrow(/\.mcp\.json is a link that leads out of the project/);
});

it.each([
  ['invalid', '{\n  "mcpServers": {\n', /\.mcp\.json:\d+:\d+: not JSON/],
  ['no object', '[]', /expected the whole of it to be a table, got \[\]/],
  ['a list where servers belong', '{"mcpServers": []}', /expected mcpServers to be a table/],
  ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), /is UTF-16 text/],
  ['Latin-1', Buffer.from('{"ü": 1}', 'latin1'), /is not UTF-8 text/],
  [
    "another server's",
    '{"mcpServers": {"federation": {"command": "matrix-federation", "args": ["--port", "1"]}}}',
    /has another server called federation \(matrix-federation --port 1\)/,
  ],
  ['a remote one', '{"mcpServers": {"federation": {"type": "http", "url": "https://x"}}}', /another server called/],
  [
    'one of another federation',
    '{"mcpServers": {"federation": {"command": "federation-mcp", "args": ["--dir", "/other"]}}}',
    /already leads to another federation \(--dir \/other\)/,
  ],
] as const)('a file that is %s is refused, and no file is written', (_, content, message) => {
  const file = write(join(around.project, '.mcp.json'), content);
  const before = readFileSync(file);
  const both = (['cursor', 'claude'] as const).flatMap((name) => wanted(name, true));
  expect(() => planFor(both, around)).toThrow(message);
  expect(() => planFor(both, around)).toThrow(/Nothing was changed/);
  expect(readFileSync(file)).toEqual(before);
  expect(existsSync(join(around.project, '.cursor'))).toBe(false);
});

it('a read-only file, a folder in its place and a home that is not writable are refused by name', () => {
  chmodSync(write(join(around.project, '.mcp.json'), '{}'), 0o444);
  mkdirSync(join(root, 'home/.codex/config.toml'), { recursive: true });
  mkdirSync(join(root, 'home/.kimi-code'));
  chmodSync(join(root, 'home/.kimi-code'), 0o555);
  const all = (['copilot', 'codex', 'kimi'] as const).flatMap((name) => wanted(name, true));
  expect(() => planFor(all, around)).toThrow(
    /\.mcp\.json is read-only.*\n.*config\.toml is a folder.*\n.*mcp\.json cannot be created: .*\.kimi-code is not writable/,
  );
});

it("Claude Code is connected where this user's own file cannot be written, and that is said", () => {
  chmodSync(join(root, 'home'), 0o555);
  const plan = planFor(wanted('claude', true), around);
  chmodSync(join(root, 'home'), 0o755);
  expect(plan.warnings).toEqual([expect.stringMatching(/\.claude\.json cannot be created: .* asks you once\.$/)]);
  expect(plan.changes.map(({ file }) => file)).toEqual([join(around.project, '.mcp.json')]);
});

it("what is not ours stays when ours is taken out, and is in nobody's way", () => {
  const foreign = '{"mcpServers": {"federation": {"command": "matrix-federation"}}}';
  connect('cursor');
  const file = write(join(around.project, '.mcp.json'), foreign);
  const plan = planFor([...wanted('copilot', false), ...wanted('cursor', false)], around);
  expect(plan.warnings).toEqual([expect.stringMatching(/another server called federation .* It stays\.$/)]);
  carryOut(plan, null);
  expect(readFileSync(file, 'utf8')).toBe(foreign);
  expect(existsSync(join(around.project, '.cursor'))).toBe(false);
});

it('a fault in TOML is named by line and column, from 1', () => {
  write(join(root, 'home/.codex/config.toml'), 'model = "o3"\n[mcp_servers\n');
  expect(() => planFor(wanted('codex', true), around)).toThrow(/config\.toml:2:13: not TOML/);
});

it('a byte order mark stays', () => {
  const file = write(join(around.project, '.mcp.json'), '\uFEFF{"a": 1}\n');
  connect('copilot');
  expect(readFileSync(file, 'utf8')).toMatch(/^\uFEFF\{\s*"a": 1/);
});

it('there is a copy of what was there before', () => {
  write(join(around.project, '.mcp.json'), '{ "a": 1 }');
  const [written] = carryOut(planFor(wanted('copilot', true), around), join(root, 'backups'));
  expect(readFileSync(written?.backup ?? '', 'utf8')).toBe('{ "a": 1 }');
});

it('a client is found by its program or by what it left in the home folder or the project', () => {
  expect(findClients(around)).toEqual([]);
  chmodSync(write(join(root, 'bin/codex'), '#!/bin/sh\n'), 0o755);
  // Not to be looked at: a link in a circle, as a folder of another user on the PATH.
  symlinkSync('kimi', join(root, 'bin/kimi'));
  mkdirSync(join(root, 'home/.gemini'));
  mkdirSync(join(around.project, '.cursor'));
  expect(findClients(around).map(({ name }) => name)).toEqual(['cursor', 'gemini', 'codex']);
});
