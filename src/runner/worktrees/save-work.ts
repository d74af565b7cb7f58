/**
 * Commits what a run left in its worktree. The index is copied, so that nothing of what the agent has staged is lost when
 * this is killed; everything is asked of git's own folder, whatever became of `.git`.
 */
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { entryAt } from '../../files/entry-at.ts';
import type { TaskId } from '../../domain/names.ts';
import type { Repository } from '../git/repository.ts';
import { operationIn } from '../git/repository.ts';
import { makeTemporary } from '../own-folders.ts';
import type { TaskWorktree } from './worktrees.ts';

export interface SavedWork {
  readonly commit: string;
  readonly tree: string;
  readonly left_out: readonly string[];
  /** Where it is, when it is not on the branch: HEAD was elsewhere, or a merge was not resolved. */
  readonly aside: string | null;
}

export interface Saving {
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly agent: string;
  /** The attempt is over without its agent having ended it: what it left is kept apart from the branch. */
  readonly lapsed: boolean;
}

/** Bytes. Larger files belong into no repository unasked. */
const largestFile = 10 * 1024 * 1024;

export async function saveWork(repository: Repository, worktree: TaskWorktree, saving: Saving): Promise<SavedWork> {
  const { git, admin, branch } = worktree;
  const ref = `refs/heads/${branch}`;
  const tip = await repository.commit(ref);
  const head = await headOf(worktree);
  if (tip === null && head === null) throw new Error(`Expected ${branch} to have a commit, got none`);
  const parent = head ?? tip ?? '';
  const folder = makeTemporary('save');
  try {
    const index = join(folder, 'index');
    if (existsSync(join(admin, 'index'))) copyFileSync(join(admin, 'index'), index);
    else await git.run(['read-tree', parent], { env: { GIT_INDEX_FILE: index } });
    const env = { GIT_INDEX_FILE: index };
    const isUnmerged = (await git.list(['ls-files', '-u', '-z'], { env })).length > 0;
    await showHidden(worktree, env);
    await git.run(['add', '-A', '--sparse', '--ignore-errors'], { env });
    const left_out = await leaveOut(worktree, parent, env);
    const tree = await git.run(['write-tree'], { env });
    const mergeHead = isUnmerged ? null : await repositoryRef(worktree, 'MERGE_HEAD');
    const isChanged = tree !== (await repository.tree(parent)) || mergeHead !== null;
    const commit = isChanged ? await commitTree(repository, worktree, { tree, parent, mergeHead }, saving) : parent;
    const onBranch =
      (await symbolicHead(worktree)) === ref && !isUnmerged && !saving.lapsed && operationIn(admin) !== 'a rebase';
    if (onBranch) {
      if (commit !== tip) await git.run(['update-ref', ref, commit, tip ?? '0'.repeat(commit.length)]);
      for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE']) rmSync(join(admin, name), { force: true });
      await git.run(['reset', '--quiet']);
      return { commit, tree, left_out, aside: null };
    }
    const aside = `refs/fed/wip/${saving.task_id}/${saving.attempt}`;
    if (commit !== tip) await git.run(['update-ref', aside, commit]);
    const kept = tip ?? commit;
    return { commit: kept, tree: await repository.tree(kept), left_out, aside: commit === tip ? null : aside };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function headOf({ git }: TaskWorktree): Promise<string | null> {
  const { code, stdout } = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  return code === 0 ? stdout.trim() : null;
}

async function symbolicHead({ git }: TaskWorktree): Promise<string | null> {
  const { code, stdout } = await git.try(['symbolic-ref', '--quiet', 'HEAD']);
  return code === 0 ? stdout.trim() : null;
}

async function repositoryRef({ git, admin }: TaskWorktree, name: string): Promise<string | null> {
  if (!existsSync(join(admin, name))) return null;
  const { code, stdout } = await git.try(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return code === 0 ? stdout.trim() : null;
}

/** `assume-unchanged` made `git status` empty and let a failing commit's check pass; `skip-worktree` hides as well. */
async function showHidden({ git, path }: TaskWorktree, env: Record<string, string>): Promise<void> {
  const entries = await git.list(['ls-files', '-v', '-z'], { env });
  const assumed = entries.filter((entry) => /^[a-z] /.test(entry)).map((entry) => entry.slice(2));
  // In a sparse checkout the files that are left out are skipped, and not there.
  const skipped = entries
    .filter((entry) => /^[Ss] /.test(entry))
    .map((entry) => entry.slice(2))
    .filter((name) => entryAt(join(path, name)) !== undefined);
  for (const [flag, names] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const) {
    if (names.length === 0) continue;
    await git.run(['update-index', flag, '-z', '--stdin'], { env, stdin: `${names.join('\0')}\0` });
  }
}

/** Takes out again what must not be committed unasked. Gives the names. */
async function leaveOut(
  { git, path }: TaskWorktree,
  parent: string,
  env: Record<string, string>,
): Promise<readonly string[]> {
  const fields = await git.list(['diff-index', '--cached', '--raw', '--no-renames', '--abbrev=64', '-z', parent], {
    env,
  });
  const changed: { readonly name: string; readonly mode: string; readonly before: string; readonly old: string }[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = '', mode = '', old = ''] = (fields[at] ?? '').slice(1).split(' ');
    changed.push({ name: fields[at + 1] ?? '', mode, before, old });
  }
  const out = changed.filter(({ name, mode, before }) => mode !== '000000' && isUnwanted(path, name, mode, before));
  if (out.length === 0) return [];
  const info = out.map(({ name, before, old }) =>
    before === '000000' ? `0 ${'0'.repeat(40)}\t${name}` : `${before} ${old}\t${name}`,
  );
  await git.run(['update-index', '-z', '--index-info'], { env, stdin: `${info.join('\0')}\0` });
  return out.map(({ name }) => name);
}

function isUnwanted(path: string, name: string, mode: string, before: string): boolean {
  if (mode === '160000') return before !== '160000';
  const found = entryAt(join(path, name));
  if (found === undefined || !found.isFile()) return false;
  return found.size > largestFile || isPrivateKey(join(path, name));
}

function isPrivateKey(path: string): boolean {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const start = Buffer.alloc(4_096);
      const size = readSync(descriptor, start, 0, start.length, 0);
      return /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/m.test(start.subarray(0, size).toString('latin1'));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

interface Content {
  readonly tree: string;
  readonly parent: string;
  readonly mergeHead: string | null;
}

async function commitTree(
  repository: Repository,
  { git, admin }: TaskWorktree,
  { tree, parent, mergeHead }: Content,
  { task_id, attempt, agent }: Saving,
): Promise<string> {
  const parents = [parent, ...(mergeHead === null ? [] : [mergeHead])].flatMap((commit) => ['-p', commit]);
  const merging = mergeHead === null ? '' : textOf(join(admin, 'MERGE_MSG'));
  const [title = ''] = merging.split('\n', 1);
  const message = `${title === '' ? `Work of ${agent} on ${task_id}` : title}\n\nFed-Task: ${task_id}\nFed-Attempt: ${attempt}\n`;
  return await git.run(['commit-tree', tree, ...parents], { stdin: message, env: await repository.identity(agent) });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
