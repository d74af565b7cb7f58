/**
 * Moves the target branch from one commit to the next, by compare-and-swap. Where it is checked out, the user's tree,
 * index and HEAD move with it, and only where nothing of the user's is in the way: `update-ref` alone would show the
 * landing reversed as staged.
 */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { entryAt } from '../../files/entry-at.ts';
import { Git } from '../git/git.ts';
import { operationIn, type Repository, returnsTo, type WorktreeEntry } from '../git/repository.ts';

export interface Move {
  readonly branch: string;
  readonly old: string;
  readonly next: string;
  /** A ref that is made with it, and keeps the commit. */
  readonly mark: string;
}

export type Moved =
  | { readonly is: 'moved' }
  /** Somebody else was first. */
  | { readonly is: 'lost' }
  | { readonly is: 'waits'; readonly why: string };

/** What of the user's is in the way now; `null`: nothing. Asked before anything is put on record or checked. `next`: a commit or its tree. */
export async function hindrance(repository: Repository, move: Omit<Move, 'mark'>): Promise<string | null> {
  const ref = `refs/heads/${move.branch}`;
  const all = await repository.worktrees();
  const busy = all.find(({ branch, admin }) => branch === null && returnsTo(admin) === ref);
  if (busy !== undefined) return `a rebase or bisect of ${move.branch} is under way in ${busy.path}`;
  const where = all.find(({ branch }) => branch === ref);
  return where === undefined ? null : await hindranceIn(repository, where, move);
}

export async function moveTarget(repository: Repository, move: Move): Promise<Moved> {
  const ref = `refs/heads/${move.branch}`;
  const all = await repository.worktrees();
  const busy = all.find(({ branch, admin }) => branch === null && returnsTo(admin) === ref);
  if (busy !== undefined) return waits(`a rebase or bisect of ${move.branch} is under way in ${busy.path}`);
  const where = all.find(({ branch }) => branch === ref);
  return where === undefined ? await byReference(repository, ref, move) : await inTree(repository, where, move);
}

async function byReference({ git }: Repository, ref: string, { old, next, mark }: Move): Promise<Moved> {
  const stdin = `start\nupdate ${ref} ${next} ${old}\nupdate ${mark} ${next}\nprepare\ncommit\n`;
  const { code, stderr } = await git.try(['update-ref', '--stdin', '--no-deref'], { stdin });
  if (code === 0) return { is: 'moved' };
  return / is at .* but expected/.test(stderr) ? { is: 'lost' } : waits(`git refused: ${stderr.trim()}`);
}

async function inTree(repository: Repository, where: WorktreeEntry, { branch, old, next, mark }: Move): Promise<Moved> {
  const git = repository.git.at(where.path);
  if (where.head !== old) return { is: 'lost' };
  const hinders = await hindranceIn(repository, where, { old, next });
  if (hinders !== null) return waits(hinders);
  const order = ['merge', '--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat', '--quiet', next];
  const { code, stderr } = await git.try(order, { outlives: true });
  const now = await repository.commit(`refs/heads/${branch}`);
  if (now === next) {
    await repository.git.try(['update-ref', mark, next]);
    return { is: 'moved' };
  }
  if (now !== old) return { is: 'lost' };
  return waits(code === 0 ? `git left ${branch} where it was` : `git refused: ${stderr.trim().split('\n')[0] ?? ''}`);
}

async function hindranceIn(
  repository: Repository,
  where: WorktreeEntry,
  { old, next }: Pick<Move, 'old' | 'next'>,
): Promise<string | null> {
  const git = repository.git.at(where.path);
  const operation = operationIn(where.admin);
  if (operation !== null) return `${operation} is under way in ${where.path}`;
  if (!(await git.asks(['diff-index', '--cached', '--quiet', 'HEAD', '--'])))
    return `changes are staged in ${where.path}`;
  const inTheWay = await obstacles(git, where.path, old, next);
  if (inTheWay.length > 0) return `${inTheWay.slice(0, 5).join(', ')} in ${where.path} would be overwritten`;
  const needed = await roomFor(git, old, next);
  const { bavail, bsize } = statfsSync(where.path);
  if (bavail * bsize >= needed) return null;
  return `the disk of ${where.path} has no room for it: ${Math.ceil(needed / 1024 ** 2)} MB are needed`;
}

/** For the index, which is written anew, and what git needs besides. */
const roomBesides = 1024 * 1024;

/** Bytes. On a full disk git gives up midway, and leaves files cut off or half written. */
async function roomFor(git: Git, old: string, next: string): Promise<number> {
  const fields = await git.list(['diff-tree', '-r', '-z', '--no-renames', '--diff-filter=d', '--no-abbrev', old, next]);
  const blobs = fields.flatMap((field) => /^:\d+ (?!160000)\d+ [0-9a-f]+ ([0-9a-f]+) /.exec(field)?.[1] ?? []);
  if (blobs.length === 0) return roomBesides;
  const sizes = await git.run(['cat-file', '--batch-check=%(objectsize)'], { stdin: `${blobs.join('\n')}\n` });
  return sizes.split('\n').reduce((sum, size) => sum + Number(size), roomBesides);
}

/** Files that the move changes and that are not as the old commit has them: modified, hidden, untracked or ignored. */
async function obstacles(git: Git, path: string, old: string, next: string): Promise<string[]> {
  const fields = await git.list(['diff-tree', '-r', '-z', '--name-status', '--no-renames', old, next]);
  const changed = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) changed.set(fields[at + 1] ?? '', fields[at] ?? '');
  if (changed.size === 0) return [];
  const modified = new Set(await git.list(['diff-files', '--name-only', '-z']));
  const entries = await git.list(['ls-files', '-v', '-z']);
  const hidden = new Set(entries.filter((entry) => /^[a-z] /.test(entry)).map((entry) => entry.slice(2)));
  return [...changed].flatMap(([name, status]) => {
    const isThere = entryAt(join(path, name)) !== undefined;
    const isInTheWay =
      modified.has(name) || hidden.has(name) || (status === 'A' && (isThere || parentIsFile(path, name)));
    return isInTheWay ? [name] : [];
  });
}

function parentIsFile(path: string, name: string): boolean {
  const parts = name.split('/').slice(0, -1);
  return parts.some((_, index) => {
    const found = entryAt(join(path, ...parts.slice(0, index + 1)));
    return found !== undefined && !found.isDirectory();
  });
}

function waits(why: string): Moved {
  return { is: 'waits', why };
}
