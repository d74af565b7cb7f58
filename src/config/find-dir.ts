/** Where the federation lives. Shared by the server and `fed`; imports nothing heavy. */
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';

export interface FederationDir {
  /** The `.federation` folder itself, absolute. */
  readonly dir: string;
  readonly exists: boolean;
}

export interface WhereToLook {
  /** `--dir`, else `FEDERATION_DIR`: the folder itself. */
  readonly named: string | null;
  /** `CLAUDE_PROJECT_DIR`, which Claude Code gives to its servers. */
  readonly project: string | null;
  readonly cwd: string;
}

/**
 * The named folder; else the nearest `.federation` going up from the project,
 * then from the working folder; else where it is to be made: at the root of
 * the repository around, so that clients started in different subfolders meet,
 * or in the folder itself.
 */
export function findDir({ named, project, cwd }: WhereToLook): FederationDir {
  if (named !== null) {
    const dir = resolve(cwd, named);
    return { dir, exists: isFolder(dir) };
  }
  const starts = project !== null && isAbsolute(project) && isFolder(project) ? [project, cwd] : [cwd];
  for (const start of starts) {
    const home = nearest(start, (folder) => isFolder(join(folder, '.federation')));
    if (home !== null) return { dir: join(home, '.federation'), exists: true };
  }
  const start = starts[0] ?? cwd;
  const root = nearest(start, (folder) => existsSync(join(folder, '.git'))) ?? start;
  return { dir: join(root, '.federation'), exists: false };
}

/** Unset, empty, and a placeholder that a client did not fill in are the same. */
export function setting(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || /^\$\{.*\}$/.test(text) ? null : text;
}

function nearest(start: string, fits: (folder: string) => boolean): string | null {
  const { root } = parse(start);
  for (let folder = start; ; folder = dirname(folder)) {
    if (fits(folder)) return folder;
    if (folder === root) return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Below a file, or where this user may not look: nothing to be used there.
    return false;
  }
}
