/** Which worktrees nobody needs any more, and removing them: never one with anything uncommitted in it. */
import { join } from 'node:path';
import type { FederationState } from '../../domain/federation-state.ts';
import { hasCommits } from '../../domain/landing/work.ts';
import { isOpen } from '../../domain/tasks/readiness.ts';
import { withFileLock } from '../../files/file-lock.ts';
import type { Repository } from '../git/repository.ts';
import { branchOf, dirtIn, findWorktree, knownWorktrees, removeWorktree } from './worktrees.ts';

export interface WorktreeRow {
  readonly task_id: string;
  readonly path: string;
  readonly megabytes: number;
  /** removable: nobody needs it; removed: it is gone now; kept: see `why`. */
  readonly is: 'in-use' | 'removable' | 'removed' | 'kept';
  readonly why: string;
}

export async function worktreeRows(repository: Repository, state: FederationState): Promise<WorktreeRow[]> {
  const rows: WorktreeRow[] = [];
  for (const { task_id, path, bytes } of knownWorktrees(repository)) {
    const megabytes = Math.round(bytes / 1024 ** 2);
    rows.push({ task_id, path, megabytes, ...(await standingOf(repository, state, task_id)) });
  }
  return rows;
}

async function standingOf(
  repository: Repository,
  state: FederationState,
  id: string,
): Promise<Pick<WorktreeRow, 'is' | 'why'>> {
  const task = state.tasks.get(id);
  const worktree = findWorktree(repository, id);
  // A folder that was put aside because something in it could not be saved, or that git does not know.
  if (worktree === null) return { is: 'kept', why: 'git does not know it; look at it and remove it yourself' };
  if (task !== undefined && isOpen(task)) return { is: 'in-use', why: `${id} is ${task.status}` };
  const dirt = await dirtIn(worktree);
  if (dirt.length > 0) return { is: 'kept', why: `it has uncommitted changes (${dirt.length})` };
  if (task?.work == null) {
    const isArchived = state.archived.has(id);
    return { is: 'kept', why: isArchived ? `${id} was archived and has not landed` : `no task ${id} is known here` };
  }
  if (!hasCommits(task.work)) return { is: 'removable', why: 'it has no commits' };
  const { landing } = task.work;
  if (landing !== null) return { is: 'removable', why: landing.state };
  return { is: 'in-use', why: `${id} has neither landed nor been dropped` };
}

/** Removes what is removable. */
export async function cleanWorktrees(repository: Repository, state: FederationState): Promise<WorktreeRow[]> {
  const rows: WorktreeRow[] = [];
  for (const row of await worktreeRows(repository, state)) {
    if (row.is !== 'removable') {
      rows.push(row);
      continue;
    }
    const kept = await withFileLock(join(repository.place, `${row.task_id}.lock`), () =>
      removeWorktree(repository, row.task_id),
    );
    const work = state.tasks.get(row.task_id)?.work;
    if (kept === null && work != null) {
      await repository.git.try(['update-ref', '-d', `refs/heads/${branchOf(row.task_id)}`, work.commit]);
    }
    rows.push(kept === null ? { ...row, is: 'removed' } : { ...row, is: 'kept', why: kept });
  }
  return rows;
}
