/** How clients start our server, and which entries in their files do. */
import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { isWithin } from '../files/within.ts';
import type { Environment } from '../identity/agent-markers.ts';
import { findProgram } from '../runner/find-program.ts';
import type { Scope, ServerCommand } from './client.ts';

const name = 'federation-mcp';
const words = z.union([z.array(z.string()), z.string().transform((word) => [word])]).catch([]);

interface Here {
  /** Our server's file, absolute. */
  readonly server: string;
  readonly project: string;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

/**
 * By its name where that is on the PATH; through npx where the project has it as a dependency, or npx brought it: such an
 * entry is right for everybody who has the project. Else this very file, on this machine only.
 */
export function serverCommand(here: Here, scope: Scope): ServerCommand {
  const { server, project, environment } = here;
  const found = findProgram(name, project, environment);
  if ('path' in found && sameFile(found.path, server)) return { command: name, args: [] };
  const place = real(server);
  const isTemporary = place.split(sep).includes('_npx');
  const isDependency = isWithin(place, join(real(project), 'node_modules'));
  if (isTemporary || (isDependency && scope === 'project')) return throughNpx(here.platform);
  return { command: 'node', args: [place] };
}

/** An entry that others cannot use. */
export function isOfThisMachine({ args }: ServerCommand): boolean {
  return args.some((arg) => arg.endsWith('.js'));
}

/** npx is a script on Windows, which programs do not start by its name. */
function throughNpx(platform: NodeJS.Platform): ServerCommand {
  const args = ['-y', name];
  return platform === 'win32' ? { command: 'cmd', args: ['/c', 'npx', ...args] } : { command: 'npx', args };
}

/** Where the federation is, as far as the server does not find it by itself. */
export interface Whereabouts {
  /** The `.federation` folder. */
  readonly dir: string;
  /** A `postgres://` URL, without a password; null: in the folder. */
  readonly store: string | null;
}

/** With what names the federation; the same command where nothing has to. */
export function withPlace(command: ServerCommand, { dir, store }: Whereabouts, project: string): ServerCommand {
  const named = dir === join(project, '.federation') ? null : isWithin(dir, project) ? relative(project, dir) : dir;
  const words = [...optionWords('--dir', named), ...optionWords('--store', store)];
  return words.length === 0 ? command : { ...command, args: [...command.args, ...words] };
}

export const placeOptions = ['--dir', '--store'] as const;

export function optionWords(option: string, value: string | null): readonly string[] {
  return value === null ? [] : [option, value];
}

export function optionIn(args: readonly string[], option: string): string | null {
  const at = args.indexOf(option);
  return at === -1 ? null : (args[at + 1] ?? null);
}

/** Of an entry: `command` with `args`, or both in one list. */
export function wordsOf(entry: Readonly<Record<string, unknown>>): readonly string[] {
  return [...words.parse(entry['command']), ...words.parse(entry['args'])];
}

/** What of an entry's words starts our server, and what the user added; null where it starts something else. */
export function splitWords(words: readonly string[]): { readonly program: string[]; readonly rest: string[] } | null {
  const at = words.findIndex(namesOurs);
  return at === -1 ? null : { program: words.slice(0, at + 1), rest: words.slice(at + 1) };
}

/** `federation-mcp`, `federation-mcp@1`, `…/federation-mcp.cmd`, `…/federation-mcp/dist/src/main.js`. */
function namesOurs(word: string): boolean {
  const file = word.split(/[\\/]/).at(-1) ?? '';
  if (/^federation-mcp(?:@[^\\/]*|\.(?:cmd|ps1|exe))?$/.test(file)) return true;
  return /[\\/]dist[\\/]src[\\/]main\.js$/.test(word);
}

function sameFile(one: string, other: string): boolean {
  return real(one) === real(other);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
