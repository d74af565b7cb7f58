/** The configurations of clients, as far as they start our server: whether what they start is there. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse } from 'jsonc-parser';
import type { Finding } from '../cli/host.ts';
import { homeOf } from '../config/settings.ts';
import { plural } from '../domain/phrases.ts';
import { findProgram } from '../runner/find-program.ts';
import { ok, warning } from './finding.ts';
import type { Machine } from './machine.ts';

const inProject = ['.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json', '.gemini/settings.json', '.kimi-code/mcp.json'];
const atHome = [
  '.claude.json',
  '.kimi-code/mcp.json',
  '.cursor/mcp.json',
  '.gemini/settings.json',
  '.copilot/mcp-config.json',
  '.codex/config.toml',
];
const mostBytes = 16 * 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export function examineClients(projectDir: string, { environment }: Machine): Finding[] {
  const home = homeOf(environment);
  const files = [
    ...inProject.map((name) => join(projectDir, name)),
    ...atHome.flatMap((name) => (home === null ? [] : [join(home, name)])),
  ];
  const found = files.flatMap((file) => entriesIn(file, projectDir).map((entry) => ({ file, entry })));
  if (found.length === 0) return [];
  const faults = found.flatMap(({ file, entry }) => {
    const fault = faultOf(entry, projectDir, environment);
    return fault === null ? [] : [`${file}: "${entry.name}" starts ${fault}`];
  });
  if (faults.length === 0) return [ok('clients', `${plural(found.length, 'configuration')} of clients, all usable`)];
  const next =
    'Correct command and args there; federation-mcp is the program, or node with the path of dist/src/main.js.';
  return [{ ...warning('clients', faults.join('\n'), next), status: 'problem' }];
}

function faultOf({ command, args }: Entry, projectDir: string, environment: Machine['environment']): string | null {
  const program = findProgram(command, projectDir, environment);
  if ('fault' in program) return `${command}, and ${program.fault}`;
  const script = args.find((arg) => isAbsolute(arg) && /\.[cm]?[jt]s$/.test(arg));
  return script === undefined || existsSync(script) ? null : `${script}, which does not exist`;
}

/** Ours by name, program or argument. */
function isOurs({ name, command, args }: Entry): boolean {
  return [name, command, ...args].some((text) => /federation/i.test(text));
}

function entriesIn(file: string, projectDir: string): Entry[] {
  let text: string;
  try {
    const bytes = readFileSync(file);
    if (bytes.length > mostBytes) return [];
    text = bytes.toString();
  } catch {
    // Most people have few of them.
    return [];
  }
  return (file.endsWith('.toml') ? entriesOfToml(text) : entriesOfJson(parse(text), projectDir)).filter(isOurs);
}

/** `mcpServers` or `servers`, also those that Claude Code keeps for this project. */
function entriesOfJson(value: unknown, projectDir: string): Entry[] {
  const top = fieldsOf(value);
  const own = fieldsOf(fieldsOf(top.get('projects')).get(projectDir));
  return [top, own].flatMap((fields) =>
    ['mcpServers', 'servers'].flatMap((key) =>
      [...fieldsOf(fields.get(key))].flatMap(([name, server]): Entry[] => {
        const of = fieldsOf(server);
        const command = of.get('command');
        const args: unknown = of.get('args');
        if (typeof command !== 'string') return [];
        const texts = Array.isArray(args) ? args.filter((arg) => typeof arg === 'string') : [];
        return [{ name, command, args: texts }];
      }),
    ),
  );
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** As far as a table of a server is written in the usual way. */
function entriesOfToml(text: string): Entry[] {
  return text.split(/^(?=\s*\[)/m).flatMap((table): Entry[] => {
    const name = /^\s*\[mcp_servers\.("?)([^\]"]+)\1\]/.exec(table)?.[2];
    const command = /^\s*command\s*=\s*["'](.*)["']/m.exec(table)?.[1];
    const args = /^\s*args\s*=\s*\[([^\]]*)\]/m.exec(table)?.[1] ?? '';
    if (name === undefined || command === undefined) return [];
    return [{ name, command, args: [...args.matchAll(/["']([^"']*)["']/g)].map(([, arg = '']) => arg) }];
  });
}
