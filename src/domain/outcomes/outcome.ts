/**
 * outcome    how an attempt ended: success or failure. Releases and lapses are none, nor is a task that a person
 *            closed without having claimed it
 * sent back  a success that a review refused later: it counts as a failure from then on
 *
 * What metrics count and the router learns from, read off the events: the one place that says which of them count.
 */
import type { FederationEvent } from '../events.ts';
import { workerOf } from '../tasks/subject.ts';
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
    case 'attempt_failed': {
      const isOwn = task.claims.some(({ attempt, agent }) => attempt === event.attempt && agent === by);
      return isOwn ? { task_id, agent: by, kind: event.type === 'task_completed' ? 'success' : 'failure' } : null;
    }
    case 'task_reviewed': {
      if (event.verdict === 'accept' || task.result?.outcome !== 'success') return null;
      const agent = workerOf(task);
      return agent !== null && task.result.by === agent ? { task_id, agent, kind: 'sent-back' } : null;
    }
    default:
      return null;
  }
}
