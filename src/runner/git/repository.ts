/** The repository that a project lies in, and what is asked of it again and again. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeStateFolder, stateFolder } from '../../config/trust.ts';
import { OperatorError } from '../../domain/errors.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import { Git } from './git.ts';

export interface WorktreeEntry {
  readonly path: string;
  readonly head: string;
  /** `refs/heads/…`; `null`: detached. */
  readonly branch: string | null;
  /** What git holds for it in the common folder. */
  readonly admin: string;
}

export class Repository {
  readonly git: Git;
  /** Shared by all worktrees. */
  readonly common: string;
  /** Of ours: worktrees and locks, in the user's state folder. */
  readonly place: string;

  private constructor(git: Git, common: string, place: string) {
    this.git = git;
    this.common = common;
    this.place = place;
  }

  /** @throws OperatorError where the folder is in no repository, or in one without a commit. */
  static async open(folder: string, environment: Environment): Promise<Repository> {
    const git = new Git(folder, environment);
    const { code, stdout } = await git.try(['rev-parse', '--path-format=absolute', '--git-common-dir']);
    if (code !== 0) {
      throw new OperatorError(
        'not-allowed',
        `${folder} is in no git repository.`,
        'Run git init and commit once, or work without worktrees.',
      );
    }
    const common = realpathSync(stdout.trim());
    const name = basename(common) === '.git' ? basename(dirname(common)) : basename(common);
    const hash = createHash('sha256').update(common).digest('hex').slice(0, 12);
    const place = join(stateFolder(environment), 'worktrees', `${name}-${hash}`);
    makeStateFolder(place);
    // Links on the way would make git's own paths differ from ours.
    return new Repository(git, common, realpathSync(place));
  }

  /** The repository of a folder where worktrees of ours were made; `null`: none were, or it is in none. */
  static async find(folder: string, environment: Environment): Promise<Repository | null> {
    if (!existsSync(join(stateFolder(environment), 'worktrees'))) return null;
    try {
      return await Repository.open(folder, environment);
    } catch (error) {
      if (error instanceof OperatorError) return null;
      throw error;
    }
  }

  /** The commit that a name stands for; `null`: none. */
  async commit(name: string): Promise<string | null> {
    const { code, stdout } = await this.git.try([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ]);
    return code === 0 ? stdout.trim() : null;
  }

  async tree(commit: string): Promise<string> {
    return await this.git.run(['rev-parse', '--verify', `${commit}^{tree}`]);
  }

  async contains(commit: string, ancestor: string): Promise<boolean> {
    return await this.git.asks(['merge-base', '--is-ancestor', ancestor, commit]);
  }

  /** The branch that work lands on: as configured, else the main worktree's. @throws OperatorError where it has no commit. */
  async target(configured: string | null): Promise<{ readonly branch: string; readonly commit: string }> {
    const branch = configured ?? (await this.#mainBranch());
    const { code } = await this.git.try(['check-ref-format', `refs/heads/${branch}`]);
    const commit = code === 0 ? await this.commit(`refs/heads/${branch}`) : null;
    if (commit !== null) return { branch, commit };
    throw new OperatorError(
      'not-allowed',
      `The branch ${branch} does not exist or has no commits.`,
      'Commit once on it, or set land.target in .federation/config.json.',
    );
  }

  async #mainBranch(): Promise<string> {
    const head = readFileSync(join(this.common, 'HEAD'), 'utf8').trim();
    const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
    if (branch !== undefined) return branch;
    throw new OperatorError(
      'not-allowed',
      'The main worktree is on no branch (detached HEAD), so nobody knows where work is to land.',
      'Check out a branch, or set land.target in .federation/config.json.',
    );
  }

  async worktrees(): Promise<WorktreeEntry[]> {
    const text = await this.git.run(['worktree', 'list', '--porcelain', '-z']);
    return text.split('\0\0').flatMap((block) => {
      const fields = new Map(
        block.split('\0').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
      );
      const path = fields.get('worktree');
      if (path === undefined || fields.has('bare')) return [];
      const admin = adminOf(path, this.common);
      return [{ path, head: fields.get('HEAD') ?? '', branch: fields.get('branch') ?? null, admin }];
    });
  }

  /** Who a commit is by: its author is the agent, its committer the person of this repository, or `fed`. */
  async identity(author: string): Promise<Record<string, string>> {
    const { code } = await this.git.try(['var', 'GIT_COMMITTER_IDENT'], { env: { GIT_AUTHOR_NAME: author } });
    const name = await this.git.try(['config', 'user.name']);
    const email = await this.git.try(['config', 'user.email']);
    const isKnown = code === 0 && name.code === 0 && email.code === 0;
    return {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: `${author}@federation.invalid`,
      ...(isKnown ? {} : { GIT_COMMITTER_NAME: 'fed', GIT_COMMITTER_EMAIL: 'fed@federation.invalid' }),
    };
  }
}

/** Git's own folder of a worktree. */
function adminOf(path: string, common: string): string {
  try {
    const link = /^gitdir: (.+)/.exec(readFileSync(join(path, '.git'), 'utf8'))?.[1];
    if (link !== undefined) return resolve(path, link.trim());
  } catch {
    // The main worktree, whose `.git` is the folder itself, or one whose `.git` is gone.
  }
  return common;
}

/** What an operation that is under way in a worktree is called; `null`: none is. */
export function operationIn(admin: string): string | null {
  const signs: readonly (readonly [string, string])[] = [
    ['rebase-merge', 'a rebase'],
    ['rebase-apply', 'a rebase'],
    ['MERGE_HEAD', 'a merge'],
    ['CHERRY_PICK_HEAD', 'a cherry-pick'],
    ['REVERT_HEAD', 'a revert'],
    ['BISECT_LOG', 'a bisect'],
  ];
  return signs.find(([name]) => existsSync(join(admin, name)))?.[1] ?? null;
}

/** The branch that a rebase or bisect in this worktree will come back to; git calls it detached meanwhile. */
export function returnsTo(admin: string): string | null {
  for (const name of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
    try {
      const text = readFileSync(join(admin, name), 'utf8').trim();
      return text.startsWith('refs/heads/') ? text : `refs/heads/${text}`;
    } catch {
      // Not this one.
    }
  }
  return null;
}
