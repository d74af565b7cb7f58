/** What killed processes left on this machine besides work: their temporary folders and checkouts. */
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Repository } from './git/repository.ts';
import { isOrphan } from './own-folders.ts';
import { checkoutsIn, removeCheckout, sizeOf } from './worktrees/worktrees.ts';

export interface Leftovers {
  readonly folders: number;
  readonly megabytes: number;
}

/** `null`: there is no repository. */
export function leftoversOf(repository: Repository | null): Leftovers {
  const all = [...temporariesLeft(), ...checkoutsLeft(repository)];
  const bytes = all.reduce((sum, path) => sum + sizeOf(path), 0);
  return { folders: all.length, megabytes: Math.round(bytes / 1024 ** 2) };
}

export async function removeLeftovers(repository: Repository | null): Promise<Leftovers> {
  const found = leftoversOf(repository);
  for (const path of temporariesLeft()) rmSync(path, { recursive: true, force: true });
  if (repository !== null) for (const path of checkoutsLeft(repository)) await removeCheckout(repository, path);
  return found;
}

function temporariesLeft(): string[] {
  return leftIn(
    tmpdir(),
    readdirSync(tmpdir()).filter((name) => name.startsWith('fed-')),
  );
}

function checkoutsLeft(repository: Repository | null): string[] {
  if (repository === null) return [];
  const { folder, names } = checkoutsIn(repository);
  return leftIn(folder, names);
}

function leftIn(folder: string, names: readonly string[]): string[] {
  return names.filter((name) => isOrphan(name)).map((name) => join(folder, name));
}
