import { shortCommit } from '../../checks/check-words.ts';
import type { EventKind } from '../../event-kind.ts';
import { plural } from '../../phrases.ts';
import { changeTask, noted } from '../../tasks/change-task.ts';
import type { TaskId } from '../../names.ts';

export interface WorkSaved {
  readonly type: 'work_saved';
  readonly task_id: TaskId;
  readonly attempt: number;
  readonly commit: string;
  readonly tree: string;
  /** What is not in the commit: too large, a private key, a nested repository. */
  readonly left_out: readonly string[];
}

export const workSaved: EventKind<WorkSaved> = {
  type: 'work_saved',
  description: 'Everything an attempt left in its worktree is in a commit; what had to be left out is named.',
  fold(state, { task_id, attempt, commit, tree, left_out }, meta) {
    changeTask(state, task_id, (task) => {
      if (task.work === null) return task;
      const work = { ...task.work, commit, tree, saved_attempt: attempt, left_out };
      return noted({ ...task, work }, meta, 'saved', shortCommit(commit));
    });
  },
  line({ task_id, commit, left_out }) {
    const without = left_out.length === 0 ? '' : `, without ${plural(left_out.length, 'file')}`;
    return `saved the work of ${task_id} as ${shortCommit(commit)}${without}`;
  },
  redact: 'nothing',
  news: 'none',
};
