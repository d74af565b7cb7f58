/**
 * Where runs work: in the project's folder, or each in a worktree of its task. What a run leaves there is saved before
 * anything follows from its completion.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { RunSettings } from '../../config/run-schema.ts';
import type { Actor } from '../../domain/commands.ts';
import { OperatorError } from '../../domain/errors.ts';
import { hasCommits } from '../../domain/landing/work.ts';
import type { TaskId } from '../../domain/names.ts';
import { listed } from '../../domain/phrases.ts';
import { isInHand } from '../../domain/runs/follow-run.ts';
import type { Run } from '../../domain/runs/run.ts';
import type { Task } from '../../domain/tasks/task.ts';
import type { Federation } from '../../federation.ts';
import { withFileLock } from '../../files/file-lock.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import { runCommand } from '../checks/run-command.ts';
import { operationIn, Repository } from '../git/repository.ts';
import { baseOf, missingIn, neededFor, type Source, sourcesOf } from './base.ts';
import { saveWork } from './save-work.ts';
import {
  branchOf,
  copyInto,
  dirtIn,
  findWorktree,
  knownWorktrees,
  openWorktree,
  removeWorktree,
  type TaskWorktree,
  worktreeVariables,
} from './worktrees.ts';

/** What the agent is told of where it works. */
export interface TaskPlace {
  readonly path: string;
  readonly branch: string;
  /** Commits that it has to merge itself; the first is begun. */
  readonly unmerged: readonly string[];
  readonly conflicts: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const setupTimeoutMinutes = 30;
const gigabyte = 1024 ** 3;
/** In git's own folder of a worktree: what it was made ready by. */
const readyName = 'fed-ready';

export class TaskPlaces {
  readonly #federation: Federation;
  readonly #environment: Environment;
  /** `all`: `fed work --worktree`. */
  readonly #wanted: 'all' | 'as configured';
  #repository: Promise<Repository> | null = null;
  /** Commits that are here; they do not go away. */
  readonly #here = new Set<string>();

  constructor(federation: Federation, environment: Environment, wanted: 'all' | 'as configured') {
    this.#federation = federation;
    this.#environment = environment;
    this.#wanted = wanted;
  }

  /** @throws OperatorError where there is no repository */
  repository(): Promise<Repository> {
    this.#repository ??= Repository.open(this.#federation.project.dir, this.#environment);
    this.#repository.catch(() => {
      this.#repository = null;
    });
    return this.#repository;
  }

  /** `null`: the project lies in none. */
  async repositoryIfAny(): Promise<Repository | null> {
    try {
      return await this.repository();
    } catch (error) {
      if (error instanceof OperatorError) return null;
      throw error;
    }
  }

  /** Unless the configuration says: as soon as more than one run may write at a time, in a repository with a commit. */
  async wants(settings: RunSettings, agents: readonly string[]): Promise<boolean> {
    const { config } = this.#federation;
    if (this.#wanted === 'all') return true;
    if (settings.worktree !== undefined) return settings.worktree;
    if (writersAmong(config, agents) < 2) return false;
    try {
      const repository = await this.repository();
      await repository.target(config.land.target);
      return true;
    } catch (error) {
      if (error instanceof OperatorError) return false;
      throw error;
    }
  }

  /** While no other run, of this runner or another, is in the worktree of this task. */
  async alone<T>(task_id: TaskId, work: () => Promise<T>): Promise<T> {
    const repository = await this.repository();
    return await withFileLock(join(repository.place, `${task_id}.lock`), work);
  }

  /** Ready tasks that go on from commits which are not here. */
  async withoutCommits(): Promise<readonly TaskId[]> {
    const state = this.#federation.state();
    const lacking: TaskId[] = [];
    for (const id of state.index.byStatus.pending) {
      const task = state.tasks.get(id);
      if (task === undefined || !state.index.isReady(task)) continue;
      const sources = neededFor(state, task).filter(({ commit }) => !this.#here.has(commit));
      if (sources.length === 0) continue;
      const missing = await this.#missing(sources);
      for (const source of sources) if (!missing.includes(source)) this.#here.add(source.commit);
      if (missing.length > 0) lacking.push(id);
    }
    return lacking;
  }

  async #missing(sources: readonly Source[]): Promise<readonly Source[]> {
    const repository = await this.repositoryIfAny();
    // In no repository nothing can be missing from it: runs work in the project's folder.
    return repository === null ? [] : await missingIn(repository, sources);
  }

  /** @throws OperatorError where it cannot be made, or made ready */
  async prepare(task: Task, settings: RunSettings, actor: Actor, signal: AbortSignal): Promise<TaskPlace> {
    const repository = await this.repository();
    const { config } = this.#federation;
    const { task_id, attempt } = task;
    const branch = branchOf(task_id);
    const found = findWorktree(repository, task_id);
    if (found === null) refuseBeyondDisk(repository, config);
    else await this.#tidy(repository, found, task, actor);
    if (task.work !== null && hasCommits(task.work)) await bringUp(repository, branch, task.work.commit, found);
    const tip = await repository.commit(`refs/heads/${branch}`);
    const target = await repository.target(config.land.target);
    const sources = sourcesOf(this.#federation.state(), task);
    const isBegun = tip !== null && task.work !== null;
    const base = isBegun ? null : await baseOf(repository, target.commit, sources, actor.name);
    if (tip !== null && base !== null) await refuseForeign(repository, branch, tip, [target.commit, base.commit]);
    const worktree = await openWorktree(repository, task_id, base?.commit ?? target.commit);
    const commit = (await repository.commit(`refs/heads/${branch}`)) ?? '';
    const began = base === null ? (task.work?.base ?? commit) : commit;
    const contains = base?.contains ?? task.work?.contains ?? [];
    const order = { task_id, attempt, branch, base: began, commit, contains };
    await this.#federation.execute('open_worktree', order, actor);
    await this.#makeReady(repository, worktree, settings, signal);
    const conflicts = await this.#beginMerge(worktree, base?.unmerged ?? []);
    return {
      path: worktree.path,
      branch,
      unmerged: base?.unmerged ?? [],
      conflicts,
      variables: worktreeVariables(repository),
    };
  }

  /** What was left there by a run whose runner died, or an agent that went elsewhere, is kept; then it is the branch again. */
  async #tidy(repository: Repository, worktree: TaskWorktree, task: Task, actor: Actor): Promise<void> {
    const { git, admin, branch, path } = worktree;
    const head = (await git.try(['symbolic-ref', '--quiet', 'HEAD'])).stdout.trim();
    const isClean =
      head === `refs/heads/${branch}` && operationIn(admin) === null && (await dirtIn(worktree)).length === 0;
    if (isClean) return;
    const saving = { task_id: task.task_id, attempt: task.attempt - 1, agent: actor.name, lapsed: true };
    const { left_out } = await saveWork(repository, worktree, saving);
    // What cannot be saved must not be cleared away either.
    if (left_out.length > 0) {
      renameSync(path, `${path}.kept-${Date.now()}`);
      return;
    }
    for (const name of ['rebase', 'cherry-pick', 'revert', 'merge']) await git.try([name, '--quit']);
    await git.run(['checkout', '--quiet', '--force', branch]);
    await git.run(['clean', '-ffdq']);
  }

  /** Once for each way of making it ready; again where a run has failed before and the way has changed. */
  async #makeReady(
    repository: Repository,
    worktree: TaskWorktree,
    settings: RunSettings,
    signal: AbortSignal,
  ): Promise<void> {
    const { config, project } = this.#federation;
    const setup = settings.setup ?? config.worktree.setup;
    const copy = settings.copy ?? config.worktree.copy;
    const way = createHash('sha256')
      .update(JSON.stringify([setup, copy]))
      .digest('hex');
    const ready = join(worktree.admin, readyName);
    if (existsSync(ready) && readFileSync(ready, 'utf8') === way) return;
    await copyInto(repository, project.dir, worktree.path, copy);
    if (setup !== null) {
      const order = { argv: setup, cwd: worktree.path, environment: this.#environment, names: settings.env, signal };
      const made = await runCommand({ ...order, timeoutMinutes: setupTimeoutMinutes });
      if (made.exit !== 0) {
        const end = made.output.trim().split('\n').slice(-3).join(' · ');
        throw new OperatorError(
          'not-allowed',
          `setup failed (${made.reason ?? `exit ${made.exit}`}): ${end}`,
          'Fix it.',
        );
      }
    }
    writeFileSync(ready, way);
  }

  async #beginMerge({ git }: TaskWorktree, [first]: readonly string[]): Promise<string[]> {
    if (first === undefined) return [];
    await git.try(['merge', '--no-commit', '--no-ff', first]);
    return await git.list(['diff', '--name-only', '--diff-filter=U', '-z']);
  }

  /**
   * Puts on record what the run left in its worktree, whatever became of the attempt; again where that was done already.
   * What cannot be on the branch stays under `refs/fed/wip`, and a success that it belongs to has failed.
   */
  async save(run: Run, actor: Actor): Promise<void> {
    const state = this.#federation.state();
    const task = run.task_id === null ? undefined : state.tasks.get(run.task_id);
    if (task === undefined || task.work === null || run.attempt === null) return;
    const repository = await this.repository();
    const worktree = findWorktree(repository, task.task_id);
    if (worktree === null) return;
    const { task_id } = task;
    const isOwn = isInHand(state, run) || task.result?.attempt === run.attempt || lastLeft(task, run);
    const saved = await saveWork(repository, worktree, {
      task_id,
      attempt: run.attempt,
      agent: run.agent,
      lapsed: !isOwn,
    });
    // Also of an attempt that failed: another clone has to know that the next one goes on from there.
    if (task.attempt !== run.attempt || !(isOwn || task.status === 'in-progress')) return;
    const problem = await this.#problem(repository, worktree, task, saved);
    const { commit, tree, left_out } = saved;
    const order = { task_id, attempt: run.attempt, commit, tree, left_out, ...(problem === null ? {} : { problem }) };
    await this.#federation.execute('save_work', order, actor);
  }

  /** Finished without a commit, as reviews are: there is nothing to land. */
  async release(task_id: TaskId): Promise<void> {
    const task = this.#federation.state().tasks.get(task_id);
    if (task?.status !== 'completed' || task.work === null || hasCommits(task.work)) return;
    const repository = await this.repository();
    if ((await removeWorktree(repository, task_id)) !== null) return;
    await repository.git.try(['update-ref', '-d', `refs/heads/${branchOf(task_id)}`, task.work.commit]);
  }

  /** Why what was saved is not the work: nobody must build on it. */
  async #problem(
    repository: Repository,
    worktree: TaskWorktree,
    task: Task,
    { commit, aside }: { readonly commit: string; readonly aside: string | null },
  ): Promise<string | null> {
    if (aside !== null) {
      return `What it left is not on ${worktree.branch}: HEAD was elsewhere, or a merge was not finished. It is kept as ${aside}.`;
    }
    const sources = sourcesOf(this.#federation.state(), task);
    const lost: string[] = [];
    for (const source of sources) if (!(await repository.contains(commit, source.commit))) lost.push(source.task_id);
    if (lost.length > 0) return `The branch does not contain the work of ${listed(lost)}, which the task builds on.`;
    const base = task.work?.base ?? commit;
    const marked = (await repository.git.try(['diff', '--check', base, commit])).stdout;
    const files = [...marked.matchAll(/^(.+):\d+: leftover conflict marker$/gm)].map(([, name = '']) => name);
    const isMerge = (await repository.git.run(['rev-list', '--merges', '--max-count=1', `${base}..${commit}`])) !== '';
    return files.length > 0 && isMerge ? `Conflict markers are left in ${listed([...new Set(files)], 5)}.` : null;
  }
}

/**
 * A branch of that name that no attempt is on record for is what a killed runner made a moment ago, which holds nothing
 * yet, or somebody else's.
 */
async function refuseForeign(
  repository: Repository,
  branch: string,
  tip: string,
  begun: readonly string[],
): Promise<void> {
  const tree = await repository.tree(tip);
  for (const commit of begun) {
    if ((await repository.contains(commit, tip)) || (await repository.tree(commit)) === tree) return;
  }
  throw new OperatorError(
    'not-allowed',
    `The branch ${branch} exists already, with commits of somebody else.`,
    `Rename it: git branch -m ${branch} something-else.`,
  );
}

/**
 * Earlier attempts were made in another clone, and fetched: the branch goes on from the newest of them. What this clone
 * has besides stays as it is.
 */
async function bringUp(
  repository: Repository,
  branch: string,
  commit: string,
  worktree: TaskWorktree | null,
): Promise<void> {
  const tip = await repository.commit(`refs/heads/${branch}`);
  if (tip === commit || (await repository.commit(commit)) === null) return;
  if (tip !== null && !(await repository.contains(commit, tip))) return;
  if (worktree !== null) await worktree.git.run(['merge', '--ff-only', '--quiet', commit]);
  else await repository.git.run(['update-ref', `refs/heads/${branch}`, commit, tip ?? '0'.repeat(commit.length)]);
}

/** It gave the task back or failed, and nobody has claimed it since. */
function lastLeft({ attempt, status }: Task, run: Run): boolean {
  return attempt === run.attempt && status === 'pending';
}

/** Runs that may change files at the same time. */
function writersAmong({ agents }: Config, names: readonly string[]): number {
  const counts = names.map((name) => {
    const agent = agents[name];
    return agent?.run === undefined || agent.read_only ? 0 : agent.run.concurrency;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function refuseBeyondDisk(repository: Repository, { worktree }: Config): void {
  const bytes = knownWorktrees(repository).reduce((sum, known) => sum + known.bytes, 0);
  if (bytes < worktree.keep_gigabytes * gigabyte) return;
  throw new OperatorError(
    'limit-reached',
    `Worktrees take ${(bytes / gigabyte).toFixed(1)} GB, the limit.`,
    'Land or drop finished work, then fed runs clean; or raise worktree.keep_gigabytes.',
  );
}
