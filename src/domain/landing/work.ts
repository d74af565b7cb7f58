/**
 * work     what the attempts at a task left in git: a branch of its own, `fed/<task_id>`, and its newest commit
 * saved    everything the attempt left is in the commit
 * landed   the target branch contains the commit, by a merge
 * dropped  the branch was given up; the commit stays under `refs/fed/wip`
 */
import type { TaskId } from '../names.ts';
import type { Timestamp } from '../time.ts';

export interface Work {
  readonly branch: string;
  /** Where the branch began. */
  readonly base: string;
  /** Its newest commit that is known. */
  readonly commit: string;
  readonly tree: string | null;
  /** Tasks whose commits the base has and the target had not. */
  readonly contains: readonly TaskId[];
  /** The attempt whose work the commit holds in full; `null`: none yet. */
  readonly saved_attempt: number | null;
  /** What was not saved: too large, a private key, a nested repository. */
  readonly left_out: readonly string[];
  readonly landing: Landing | null;
}

export type Landing =
  | {
      readonly state: 'landed';
      readonly target: string;
      readonly merge: string;
      readonly at: Timestamp;
      readonly by: string;
    }
  | { readonly state: 'dropped'; readonly reason: string | null; readonly at: Timestamp; readonly by: string }
  | {
      readonly state: 'reverted';
      readonly target: string;
      readonly merge: string;
      readonly revert: string;
      readonly at: Timestamp;
      readonly by: string;
    };

/** There is something to land. */
export function hasCommits({ base, commit }: Work): boolean {
  return base !== commit;
}

/** Finished work with commits that neither reached the target nor was given up. */
export function isUnlanded(work: Work | null): work is Work {
  return work !== null && hasCommits(work) && work.landing === null;
}
