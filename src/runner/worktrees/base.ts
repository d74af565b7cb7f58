/** Where a task's branch begins: with everything that the work it builds on, reviews or reworks produced. */
import { OperatorError } from '../../domain/errors.ts';
import type { FederationState } from '../../domain/federation-state.ts';
import { hasCommits } from '../../domain/landing/work.ts';
import type { Task, TaskId } from '../../domain/tasks/task.ts';
import type { Repository } from '../git/repository.ts';

export interface Source {
  readonly task_id: TaskId;
  readonly commit: string;
}

export interface Base {
  readonly commit: string;
  /** Tasks whose commits it has and the target has not. */
  readonly contains: readonly TaskId[];
  /** Commits that are to be merged too, and do not fit by themselves: the agent's to do. */
  readonly unmerged: readonly string[];
}

/** All that an attempt needs: what the task goes on from, and what earlier attempts at it left. */
export function neededFor(state: FederationState, task: Task): Source[] {
  const { task_id, work } = task;
  const own = work !== null && hasCommits(work) ? [{ task_id, commit: work.commit }] : [];
  return [...own, ...sourcesOf(state, task)];
}

/** The work that this task goes on from, with its commit. */
export function sourcesOf(state: FederationState, task: Task): Source[] {
  const reworked = task.rework_of === null ? null : task.caused_by.task_id;
  const ids = [reworked, task.subject, ...task.dependencies, ...task.wait_for];
  const seen = new Set<TaskId>();
  return ids.flatMap((id) => {
    const source = id === null || seen.has(id) ? undefined : state.tasks.get(id);
    if (source === undefined) return [];
    seen.add(source.task_id);
    const isDropped = source.work?.landing?.state === 'dropped';
    const commit = isDropped ? null : (source.work?.commit ?? source.result?.commit ?? null);
    return source.status === 'completed' && commit !== null ? [{ task_id: source.task_id, commit }] : [];
  });
}

/** Commits that this repository has not: work that was done in another clone. */
export async function missingIn(repository: Repository, sources: readonly Source[]): Promise<Source[]> {
  const missing: Source[] = [];
  for (const source of sources) if ((await repository.commit(source.commit)) === null) missing.push(source);
  return missing;
}

export async function baseOf(
  repository: Repository,
  target: string,
  sources: readonly Source[],
  author: string,
): Promise<Base> {
  const [absent] = await missingIn(repository, sources);
  if (absent !== undefined) {
    throw new OperatorError(
      'not-allowed',
      `This repository does not have ${absent.commit.slice(0, 12)}, the work of ${absent.task_id}.`,
      'Fetch it from where it was done.',
    );
  }
  const open: Source[] = [];
  for (const source of sources) if (!(await repository.contains(target, source.commit))) open.push(source);
  const [first] = open;
  if (first === undefined) return { commit: target, contains: [], unmerged: [] };
  const { git } = repository;
  const commits = [...new Set(open.map(({ commit }) => commit))];
  // In the order in which they were named: the same base whoever makes it.
  const needed = new Set((await git.run(['merge-base', '--independent', ...commits])).split('\n'));
  const [begin = first.commit, ...rest] = commits.filter((commit) => needed.has(commit));
  const contains = open.map(({ task_id }) => task_id);
  let commit = begin;
  for (const [index, next] of rest.entries()) {
    const merged = await mergeTrees(repository, commit, next);
    if (merged.tree === null) return { commit, contains, unmerged: rest.slice(index) };
    const message = 'Merge what this task builds on\n';
    const env = await repository.identity(author);
    commit = await git.run(['commit-tree', merged.tree, '-p', commit, '-p', next], { stdin: message, env });
  }
  return { commit, contains, unmerged: [] };
}

export type Merged = { readonly tree: string } | { readonly tree: null; readonly files: readonly string[] };

/** Without any work tree. A bad commit ends like a conflict does, by exit code 1: the tree on the first line tells. */
export async function mergeTrees(repository: Repository, ours: string, theirs: string): Promise<Merged> {
  const order = ['merge-tree', '--write-tree', '--no-messages', '--name-only', '-z', ours, theirs];
  const { code, stdout, stderr } = await repository.git.try(order);
  const [tree = '', ...files] = stdout.split('\0').filter((entry) => entry !== '');
  if (!/^[0-9a-f]{40,64}$/.test(tree) || code > 1) {
    throw new OperatorError(
      'not-allowed',
      `git could not merge ${theirs.slice(0, 12)}: ${stderr.trim()}`,
      'Look at both commits.',
    );
  }
  return code === 0 ? { tree } : { tree: null, files: [...new Set(files)] };
}
