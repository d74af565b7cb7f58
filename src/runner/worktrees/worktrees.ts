/**
 * Worktrees of tasks, outside the repository: inside it, although ignored, they break the user's tools. One is made at
 * a time in each repository: of 300 made 20 at once 61 failed, one after another none, and it takes 13 ms.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { entryAt } from '../../files/entry-at.ts';
import type { TaskId } from '../../domain/names.ts';
import { OperatorError } from '../../domain/errors.ts';
import { withFileLock } from '../../files/file-lock.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { ownName } from '../own-folders.ts';

export interface TaskWorktree {
  readonly path: string;
  readonly branch: string;
  /** Git's folder for it: what is asked of it is asked by this, whatever became of its `.git`. */
  readonly admin: string;
  readonly git: Git;
}

export function branchOf(task_id: TaskId): string {
  return `fed/${task_id}`;
}

export function worktreePath(repository: Repository, task_id: TaskId): string {
  return join(repository.place, task_id);
}

/** Nothing in it may find the user's repository above, or the other worktrees. */
export function worktreeVariables(repository: Repository): Record<string, string> {
  return { GIT_CEILING_DIRECTORIES: repository.place };
}

/** While no other process makes or removes one here. */
export async function alone<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  return await withFileLock(join(repository.place, 'worktrees.lock'), work);
}

/** The one of this task, if git knows it and its folder is there. Its `.git` is put back where somebody removed it. */
export function findWorktree(repository: Repository, task_id: TaskId): TaskWorktree | null {
  const path = worktreePath(repository, task_id);
  const admin = adminFolderOf(repository, path);
  if (admin === null || !existsSync(path)) return null;
  const link = join(path, '.git');
  const wanted = `gitdir: ${admin}\n`;
  if (!isFile(link) || readFileSync(link, 'utf8') !== wanted) {
    // An own repository in its place is moved aside, not lost.
    if (existsSync(link)) renameSync(link, `${link}.kept-${Date.now()}`);
    writeFileSync(link, wanted);
  }
  return worktreeAt(repository, task_id, path, admin);
}

function worktreeAt(repository: Repository, task_id: TaskId, path: string, admin: string): TaskWorktree {
  const git = repository.git.at(path, { GIT_DIR: admin, GIT_WORK_TREE: path });
  return { path, branch: branchOf(task_id), admin, git };
}

function adminFolderOf({ common }: Repository, path: string): string | null {
  const folder = join(common, 'worktrees');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    try {
      if (readFileSync(join(folder, name, 'gitdir'), 'utf8').trim() === join(path, '.git')) return join(folder, name);
    } catch {
      // Being made or removed.
    }
  }
  return null;
}

/**
 * Makes the worktree of a task at its branch, which begins at `base` unless an earlier attempt left one.
 * @throws OperatorError where a branch `fed` is in the way, or git refuses
 */
export async function openWorktree(repository: Repository, task_id: TaskId, base: string): Promise<TaskWorktree> {
  return await alone(repository, async () => {
    const { git } = repository;
    const path = worktreePath(repository, task_id);
    const branch = branchOf(task_id);
    if ((await repository.commit(`refs/heads/${branch}`)) === null) {
      if ((await repository.commit('refs/heads/fed')) !== null) {
        throw new OperatorError(
          'not-allowed',
          'The branch "fed" is in the way: git has no room for branches fed/… beside it.',
          'Rename it: git branch -m fed something-else.',
        );
      }
      await git.run(['update-ref', `refs/heads/${branch}`, base, '0'.repeat(base.length)]);
    }
    const found = findWorktree(repository, task_id);
    if (found !== null) return found;
    // Left by one that was killed: git keeps it as locked, and nothing was ever done in it.
    const stale = adminFolderOf(repository, path);
    if (stale !== null) await git.try(['worktree', 'remove', '-f', '-f', path]);
    if (existsSync(path)) renameSync(path, `${path}.kept-${Date.now()}`);
    await git.try(['worktree', 'prune']);
    try {
      await git.run(['worktree', 'add', '--lock', '--reason', `fed ${task_id}`, path, branch]);
    } catch (error) {
      await git.try(['worktree', 'remove', '-f', '-f', path]);
      throw error;
    }
    const admin = adminFolderOf(repository, path);
    if (admin === null) throw new OperatorError('not-allowed', `git made no worktree at ${path}.`, 'Try again.');
    return worktreeAt(repository, task_id, path, admin);
  });
}

/** A checkout of one commit, for checks: on no branch, and gone afterwards whatever happens. */
export async function withCheckout<T>(
  repository: Repository,
  commit: string,
  work: (checkout: { readonly path: string; readonly git: Git }) => Promise<T>,
): Promise<T> {
  const { folder } = checkoutsIn(repository);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${ownName()}${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`);
  await alone(repository, () =>
    repository.git.run(['worktree', 'add', '--detach', '--lock', '--reason', 'fed check', path, commit]),
  );
  try {
    const admin = adminFolderOf(repository, path);
    if (admin === null) throw new OperatorError('not-allowed', `git made no worktree at ${path}.`, 'Try again.');
    return await work({ path, git: repository.git.at(path, { GIT_DIR: admin, GIT_WORK_TREE: path }) });
  } finally {
    await removeCheckout(repository, path);
  }
}

/** Nothing in a checkout is anybody's work. */
export async function removeCheckout(repository: Repository, path: string): Promise<void> {
  await alone(repository, () => repository.git.try(['worktree', 'remove', '-f', '-f', path]));
  rmSync(path, { recursive: true, force: true });
}

/** Where they are, and those that there are now. */
export function checkoutsIn({ place }: Repository): { readonly folder: string; readonly names: readonly string[] } {
  const folder = join(place, 'checks');
  return { folder, names: existsSync(folder) ? readdirSync(folder) : [] };
}

/** Copies git-ignored files of the main worktree that every checkout needs. Gives those that are not there, or not ignored. */
export async function copyInto(
  repository: Repository,
  from: string,
  path: string,
  names: readonly string[],
): Promise<string[]> {
  const skipped: string[] = [];
  for (const name of names) {
    const source = join(from, name);
    const target = join(path, name);
    const isInside = !relative(realpathSync(from), realOf(source)).startsWith(`..${sep}`);
    const isIgnored = (await repository.git.try(['-C', from, 'check-ignore', '--quiet', '--', name])).code === 0;
    if (!isFile(source) || !isInside || !isIgnored || existsSync(target)) {
      if (!existsSync(target)) skipped.push(name);
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    // A link that the branch holds must not lead the copy elsewhere.
    if (relative(path, realpathSync(dirname(target))).startsWith('..')) skipped.push(name);
    else copyFileSync(source, target);
  }
  return skipped;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFile(path: string): boolean {
  return entryAt(path)?.isFile() === true;
}

/** What is uncommitted in it, ignored files aside; `[]`: nothing. */
export async function dirtIn({ git }: Pick<TaskWorktree, 'git'>): Promise<string[]> {
  return await git.list(['status', '--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=none']);
}

/** Removes a worktree with nothing uncommitted in it. Gives what keeps it; `null`: it is gone. */
export async function removeWorktree(repository: Repository, task_id: TaskId): Promise<string | null> {
  return await alone(repository, async () => {
    const worktree = findWorktree(repository, task_id);
    if (worktree === null) return null;
    const dirt = await dirtIn(worktree);
    if (dirt.length > 0) return `${worktree.path} has uncommitted changes (${dirt.length})`;
    const { code, stderr } = await repository.git.try(['worktree', 'remove', '-f', '-f', worktree.path]);
    return code === 0 ? null : stderr.trim();
  });
}

export interface KnownWorktree {
  readonly task_id: TaskId;
  readonly path: string;
  readonly bytes: number;
}

/** All there are, with what they take of the disk. */
export function knownWorktrees({ place }: Repository): KnownWorktree[] {
  return readdirSync(place)
    .filter((name) => /^task-\d{4}-\d\d-\d\d-\d+/.test(name))
    .sort()
    .map((name) => ({ task_id: name, path: join(place, name), bytes: sizeOf(join(place, name)) }));
}

/** By `du`, which counts 50,000 files in a tenth of a second; 0 where there is none. */
export function sizeOf(path: string): number {
  const { status, stdout } = spawnSync('du', ['-sk', path], { encoding: 'utf8' });
  return status === null || stdout === '' ? 0 : Number(stdout.split('\t', 1)[0]) * 1024;
}
