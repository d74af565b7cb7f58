/** Where a program is, and with what environment an agent's program is started. */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import { errorCode } from '../files/error-code.ts';
import type { Environment } from '../identity/agent-markers.ts';

export type Found = { readonly path: string } | { readonly fault: string };

/** A name is looked for on the PATH, anything with a slash in the folder. */
export function findProgram(name: string, folder: string, environment: Environment): Found {
  if (name.includes('/') || name.includes(sep)) return usable(resolve(folder, name), name);
  for (const place of searchPath(environment['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(place)) continue;
    const found = usable(join(place, name), name);
    if ('path' in found) return found;
  }
  return { fault: `${name} was not found on the PATH` };
}

function usable(path: string, name: string): Found {
  const found = lookAt(path);
  if (typeof found === 'string') return { fault: `${path} cannot be looked at (${found})` };
  if (found === undefined) return { fault: `${name} was not found` };
  if (!found.isFile()) return { fault: `${name} is not a program: ${path}` };
  try {
    accessSync(path, constants.X_OK);
    return { path };
  } catch {
    return { fault: `${path} is not executable` };
  }
}

/** A shell goes on, too, where a folder of the PATH is another user's, or a link leads in a circle. */
function lookAt(path: string): Stats | string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

/** npx and npm put the project's own programs first: what a dependency calls `claude` is not Claude Code. */
export function searchPath(path: string): string {
  return path
    .split(delimiter)
    .filter((place) => !place.endsWith(join('node_modules', '.bin')))
    .join(delimiter);
}

/** What every program may need, and nothing by which it would take itself for part of another. */
const usual = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TZ',
  'TERM',
  'TMPDIR',
  'XDG_*',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
];

/** `names` beside the usual ones; `LC_*` stands for all that begin so. */
export function environmentFor(names: readonly string[], environment: Environment): Record<string, string> {
  const wanted = [...usual, ...names];
  const isWanted = (name: string): boolean =>
    wanted.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isWanted(name)) given[name] = name === 'PATH' ? searchPath(value) : value;
  }
  return given;
}
