/**
 * outcome    how an attempt ended: success or failure. Releases and lapses are none, nor is a task that a person
 *            closed without having claimed it
 * sent back  a success that a review refused later: it counts as a failure from then on
 *
 * What metrics count and the router learns from: the one place that says which endings count.
 */
import type { AgentName, Claim, Review, Task, TaskId } from '../tasks/task.ts';

export interface AttemptOutcome {
  readonly task_id: TaskId;
  /** Who made the attempt. */
  readonly agent: AgentName;
  readonly kind: 'success' | 'failure' | 'sent-back';
}

/** What the end of an attempt counts as. `task`: as it was before the event or is after it. */
export function endOfAttempt(
  { task_id, claims }: Pick<Task, 'task_id' | 'claims'>,
  attempt: number,
  by: AgentName,
  kind: 'success' | 'failure',
): AttemptOutcome | null {
  return isOwnAttempt(claims, attempt, by) ? { task_id, agent: by, kind } : null;
}

/** What a verdict counts as: only what counted as a success can stop counting as one. */
export function endByReview(
  { task_id, claims, result }: Pick<Task, 'task_id' | 'claims' | 'result'>,
  verdict: Review['verdict'],
): AttemptOutcome | null {
  if (verdict === 'accept' || result?.outcome !== 'success') return null;
  return isOwnAttempt(claims, result.attempt, result.by) ? { task_id, agent: result.by, kind: 'sent-back' } : null;
}

/** The newest claims are looked at first: it is nearly always the last one. */
function isOwnAttempt(claims: readonly Claim[], attempt: number, agent: AgentName): boolean {
  return claims.findLast((claim) => claim.attempt === attempt)?.agent === agent;
}

/** What is done here about imported work counts like any other, but not towards the targets. */
export function isImported({ caused_by }: Pick<Task, 'caused_by'>): boolean {
  return caused_by.kind === 'import';
}
