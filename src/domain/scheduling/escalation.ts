import type { TaskId } from '../tasks/task.ts';
import type { Timestamp } from '../time.ts';
import type { VoteId } from '../votes/vote.ts';

/**
 * Why something waits for the operator.
 *
 * limit            a guard against runaway work refused to queue something
 * task-failed      a task failed for good; its dependents may be blocked
 * blocked          a cancelled task or vote leaves dependents that cannot go on
 * hold-reached     a task was held to the end of its hold and came back
 * rework-rounds    work was sent back more often than allowed
 * approval         a task waits for the operator's approval
 * routing          a task was queued for `auto`, and nobody who may do it is there
 * vote             a vote closed without a result that stands
 * question         a holder asks; a task that was released with the question waits for the answer
 * checks           a reported success got no verdict from its checks
 * commit           ready work waits for commits that a runner's repository does not have
 * given-back       a task was released again and again
 * unclaimed        ready tasks that nobody who was seen may take
 * clock            the clocks of processes, or of the journal, do not agree
 * agent-changed    an agent does clearly worse at a type of work than it did
 * held-follow-ups  a pause kept what rules would have queued
 */
export const escalationKinds = [
  'limit',
  'task-failed',
  'blocked',
  'hold-reached',
  'rework-rounds',
  'approval',
  'routing',
  'vote',
  'question',
  'checks',
  'commit',
  'given-back',
  'unclaimed',
  'clock',
  'agent-changed',
  'held-follow-ups',
] as const;
export type EscalationKind = (typeof escalationKinds)[number];

export interface Escalation {
  readonly inbox_id: string;
  readonly kind: EscalationKind;
  /** While one with this key is open no second one is made. */
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly task_id: TaskId | null;
  /** Set where it is about a vote. */
  readonly vote_id?: VoteId;
  /** Set where it is about several tasks. */
  readonly task_ids?: readonly TaskId[];
  /** The tasks that led here, oldest first. */
  readonly chain: readonly TaskId[];
  readonly opened_at: Timestamp;
}

/**
 * approve              lets a task start that waits for approval
 * requeue              tries a failed or cancelled task again; `to_agent`: by someone else
 * reassign             addresses it to `to_agent`; a failed one is tried again by it
 * complete             counts as done although its checks did not say so
 * cancel               it will not be done; of a failed or cancelled task or vote: nor what waits for it
 * continue-dependents  what waits for it goes on without it
 * release, drop        queues, or forgets, the follow-ups that were kept
 * decide               settles a vote by `choice`
 * extend               opens a vote for the usual time again
 * answer               answers a question by `note`
 * edit                 changes what nobody has claimed, by `changes`
 * rebase               moves open leases, deadlines and waits back to the clock as it is now
 * dismiss              seen; nothing is done
 */
export const inboxActions = [
  'approve',
  'requeue',
  'reassign',
  'complete',
  'cancel',
  'continue-dependents',
  'release',
  'drop',
  'decide',
  'extend',
  'answer',
  'edit',
  'rebase',
  'dismiss',
] as const;
export type InboxAction = (typeof inboxActions)[number];
