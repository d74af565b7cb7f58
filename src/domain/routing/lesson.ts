/**
 * lesson   what one event teaches the router: this agent did, or did not do, a task of these words
 * label    a lesson from a training file: right for this agent and wrong for all others. An outcome judges
 *          only the agent that was chosen
 */
import type { EventOf, FederationEvent } from '../events.ts';
import type { AgentName, Task, TaskId } from '../tasks/task.ts';
import { type AttemptOutcome, endByReview, endOfAttempt } from '../metrics/outcome.ts';

export interface Lesson {
  /** Empty for what did not come from a task. */
  readonly id: TaskId;
  readonly text: string;
  readonly type: string | null;
  readonly agent: AgentName;
  readonly lesson: AttemptOutcome['kind'] | 'label';
  readonly evidence: Evidence;
}

/** `verified`: judged by a review or by checks, recorded by a person, or taught; `reported`: only the agent itself says so. */
export type Evidence = 'verified' | 'reported';

/** `taskOf`: a task as it was before the event or is after it. */
export function lessonsOf(
  event: FederationEvent,
  by: string,
  taskOf: (id: TaskId) => Task | undefined,
): readonly Lesson[] {
  if (event.type === 'examples_taught') {
    return event.examples.map(({ text, type, agent }) => ({
      id: '',
      text,
      type,
      agent,
      lesson: 'label',
      evidence: 'verified',
    }));
  }
  if (event.type === 'outcome_recorded') {
    const { description, task_type: type, agent, success, rework } = event;
    // Without words there is nothing to learn but the counts.
    if (description === null) return [];
    return [
      {
        id: '',
        text: description,
        type,
        agent,
        lesson: success && !rework ? 'success' : 'failure',
        evidence: 'verified',
      },
    ];
  }
  if (!endsWork(event)) return [];
  const task = taskOf(event.task_id);
  const outcome = task === undefined ? null : outcomeOf(event, by, task);
  if (task === undefined || outcome === null) return [];
  const { task_id: id, description: text, type } = task;
  const evidence = isProven(event) ? 'verified' : 'reported';
  return [{ id, text, type, agent: outcome.agent, lesson: outcome.kind, evidence }];
}

type EndOfWork = EventOf<'task_completed' | 'attempt_failed' | 'task_reviewed'>;

function endsWork(event: FederationEvent): event is EndOfWork {
  return event.type === 'task_completed' || event.type === 'attempt_failed' || event.type === 'task_reviewed';
}

/** Checks that failed are as good evidence as checks that passed. */
function isProven(event: EndOfWork): boolean {
  switch (event.type) {
    case 'task_reviewed':
      return true;
    case 'task_completed':
      return event.verified === true;
    case 'attempt_failed':
      return event.failed_checks !== undefined;
  }
}

function outcomeOf(event: EndOfWork, by: string, task: Task): AttemptOutcome | null {
  if (event.type === 'task_reviewed') return endByReview(task, event.verdict);
  return endOfAttempt(task, event.attempt, event.agent ?? by, event.type === 'task_completed' ? 'success' : 'failure');
}
