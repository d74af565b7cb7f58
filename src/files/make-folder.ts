import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Gives the topmost it made,
 * or `undefined` where all were there.
 *
 * Not `mkdir` with `recursive`: below a folder that takes none and says ENOENT,
 * as /proc does, Node 20 tries again without end.
 */
export function makeFolder(path: string, mode = 0o777): string | undefined {
  const missing: string[] = [];
  for (let folder = resolve(path); !isThere(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    missing.unshift(folder);
  }
  if (missing.length === 0 && isFolder(path)) return undefined;
  for (const folder of missing.length === 0 ? [path] : missing) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Perhaps another process made it meanwhile.
      if (!isFolder(folder)) throw error;
    }
  }
  return missing[0];
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
