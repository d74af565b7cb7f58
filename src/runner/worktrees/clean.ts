/** Which worktrees nobody needs any more, and removing them: never one with anything uncommitted in it. */
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { OperatorError } from '../../domain/errors.ts';
import type { FederationState } from '../../domain/federation-state.ts';
import { hasCommits } from '../../domain/landing/work.ts';
import { isOpen } from '../../domain/tasks/readiness.ts';
import { withFileLock } from '../../files/file-lock.ts';
import type { Repository } from '../git/repository.ts';
import { branchOf, dirtIn, findWorktree, knownWorktrees, removeWorktree } from './worktrees.ts';

interface Surroundings {
  readonly state: FederationState;
  readonly config: Pick<Config, 'land'>;
}

type Target = Awaited<ReturnType<Repository['target']>>;

export interface WorktreeRow {
  readonly task_id: string;
  readonly path: string;
  readonly megabytes: number;
  /** removable: nobody needs it; removed: it is gone now; kept: see `why`. */
  readonly is: 'in-use' | 'removable' | 'removed' | 'kept';
  readonly why: string;
}

export async function worktreeRows(
  repository: Repository,
  { state, config }: Pick<Surroundings, 'state' | 'config'>,
): Promise<WorktreeRow[]> {
  const target = await targetOf(repository, config.land.target);
  const rows: WorktreeRow[] = [];
  for (const { task_id, path, bytes } of knownWorktrees(repository)) {
    const megabytes = Math.round(bytes / 1024 ** 2);
    rows.push({ task_id, path, megabytes, ...(await standingOf(repository, state, target, task_id)) });
  }
  return rows;
}

async function standingOf(
  repository: Repository,
  state: FederationState,
  target: Target | null,
  id: string,
): Promise<Pick<WorktreeRow, 'is' | 'why'>> {
  const task = state.tasks.get(id);
  const worktree = findWorktree(repository, id);
  // A folder that was put aside because something in it could not be saved, or that git does not know.
  if (worktree === null) return { is: 'kept', why: 'git does not know it; look at it and remove it yourself' };
  if (task !== undefined && isOpen(task)) return { is: 'in-use', why: `${id} is ${task.status}` };
  const dirt = await dirtIn(worktree);
  if (dirt.length > 0) return { is: 'kept', why: `it has uncommitted changes (${dirt.length})` };
  const tip = await repository.commit(`refs/heads/${branchOf(id)}`);
  if (task?.work == null) {
    const isIn = tip !== null && target !== null && (await repository.contains(target.commit, tip));
    if (isIn) return { is: 'removable', why: `all of it is in ${target.branch}` };
    const isArchived = state.archived.has(id);
    return { is: 'kept', why: isArchived ? `${id} was archived and has not landed` : `no task ${id} is known here` };
  }
  // Made after the last time that its work was put on record: by the agent later, or by a runner that was killed.
  if (tip !== null && tip !== task.work.commit) {
    return { is: 'kept', why: `${branchOf(id)} has commits that ${id} does not know of` };
  }
  if (!hasCommits(task.work)) return { is: 'removable', why: 'it has no commits' };
  const { landing } = task.work;
  if (landing !== null) return { is: 'removable', why: landing.state };
  if (task.status === 'completed') return { is: 'in-use', why: `${id} has neither landed nor been dropped` };
  return { is: 'kept', why: `${id} is ${task.status}; give it up with fed land --drop ${id}` };
}

/** Where work lands; `null`: there is no such branch now, or nobody knows which it is. */
async function targetOf(repository: Repository, configured: string | null): Promise<Target | null> {
  try {
    return await repository.target(configured);
  } catch (error) {
    if (error instanceof OperatorError) return null;
    throw error;
  }
}

/** Where a branch of which no task tells stands, if all of it is in the target; `null`: it must stay. */
async function landedTip(
  repository: Repository,
  branch: string,
  { land }: Surroundings['config'],
): Promise<string | null> {
  const [tip, target] = [await repository.commit(branch), await targetOf(repository, land.target)];
  return tip !== null && target !== null && (await repository.contains(target.commit, tip)) ? tip : null;
}

/** Removes what is removable. */
export async function cleanWorktrees(repository: Repository, { state, config }: Surroundings): Promise<WorktreeRow[]> {
  const rows: WorktreeRow[] = [];
  for (const row of await worktreeRows(repository, { state, config })) {
    if (row.is !== 'removable') {
      rows.push(row);
      continue;
    }
    const kept = await withFileLock(join(repository.place, `${row.task_id}.lock`), () =>
      removeWorktree(repository, row.task_id),
    );
    const branch = `refs/heads/${branchOf(row.task_id)}`;
    const tip = state.tasks.get(row.task_id)?.work?.commit ?? (await landedTip(repository, branch, config));
    if (kept === null && tip !== null) await repository.git.try(['update-ref', '-d', branch, tip]);
    rows.push(kept === null ? { ...row, is: 'removed' } : { ...row, is: 'kept', why: kept });
  }
  return rows;
}
