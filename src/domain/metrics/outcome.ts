/**
 * outcome    how an attempt ended: success or failure. Releases and lapses are none, nor is a task that a person
 *            closed without having claimed it
 * sent back  a success that a review refused later: it counts as a failure from then on
 *
 * What metrics count and the router learns from, read off the events: the one place that says which of them count.
 */
import type { FederationEvent } from '../events.ts';
import type { AgentName, Task, TaskId } from '../tasks/task.ts';

export interface AttemptOutcome {
  readonly task_id: TaskId;
  /** Who made the attempt. */
  readonly agent: AgentName;
  readonly kind: 'success' | 'failure' | 'sent-back';
}

/** `task`: what the event is about, as it was before the event or is after it. */
export function outcomeOf(event: FederationEvent, by: string, task: Task | undefined): AttemptOutcome | null {
  if (task === undefined) return null;
  const { task_id } = task;
  switch (event.type) {
    case 'task_completed':
    case 'attempt_failed':
      if (!isOwnAttempt(task, event.attempt, by)) return null;
      return { task_id, agent: by, kind: event.type === 'task_completed' ? 'success' : 'failure' };
    case 'task_reviewed': {
      const { result } = task;
      if (event.verdict === 'accept' || result?.outcome !== 'success') return null;
      // Only what counted as a success can stop counting as one.
      return isOwnAttempt(task, result.attempt, result.by) ? { task_id, agent: result.by, kind: 'sent-back' } : null;
    }
    default:
      return null;
  }
}

/** The newest claims are looked at first: it is nearly always the last one. */
function isOwnAttempt({ claims }: Task, attempt: number, agent: AgentName): boolean {
  return claims.findLast((claim) => claim.attempt === attempt)?.agent === agent;
}
