import type { EventKind } from '../../event-kind.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface WorktreeOpened {
  readonly type: 'worktree_opened';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly branch: string;
  /** Where the branch began. */
  readonly base: string;
  /** Its newest commit: what an earlier attempt left, or the base. */
  readonly commit: string;
  readonly contains: readonly TaskId[];
}

export const worktreeOpened: EventKind<WorktreeOpened> = {
  type: 'worktree_opened',
  description: 'An attempt got a git worktree of its own: the branch, and the commit it began at.',
  fold(state, { task_id, attempt, branch, base, commit, contains }, meta) {
    changeTask(state, task_id, (task) => {
      const before = task.work;
      const work = {
        branch,
        base,
        commit,
        tree: null,
        contains,
        saved_attempt: null,
        left_out: before?.left_out ?? [],
        landing: null,
      };
      return noted({ ...task, work, verified: false }, meta, 'worktree', `attempt ${attempt} on ${branch}`);
    });
  },
  line: ({ task_id, attempt, branch }) => `opened a worktree for ${task_id} (attempt ${attempt}) on ${branch}`,
  redact: 'nothing',
  news: 'none',
};
