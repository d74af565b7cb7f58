/** Tasks as agents and people read them. Terse: empty fields are left out, agents pay for every word. */
import type { FederationState } from '../domain/federation-state.ts';
import { voteStanding } from '../domain/tasks/dependencies.ts';
import { existing } from '../domain/tasks/standing.ts';
import type { DependencyId, Task, TaskId } from '../domain/tasks/task.ts';
import { isReady } from '../domain/tasks/readiness.ts';

export interface TaskBrief {
  readonly task_id: TaskId;
  readonly status: string;
  readonly type: string | null;
  readonly priority: string;
  readonly to_agent: string | null;
  readonly waiting_for?: readonly DependencyId[];
  readonly description: string;
}

/** Characters of the description in a brief. */
const briefLength = 80;

export function briefTask(task: Task): TaskBrief {
  const shown = task.waiting_for.slice(0, 3);
  return {
    task_id: task.task_id,
    status: task.status,
    type: task.type,
    priority: task.priority,
    to_agent: task.to_agent,
    ...(shown.length > 0 && task.status === 'pending' ? { waiting_for: shown } : {}),
    description: firstWords(task.description, briefLength),
  };
}

export function firstWords(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** Everything a reader may need of a task. */
export interface TaskInFull extends Omit<TaskBrief, 'waiting_for'> {
  readonly [field: string]: unknown;
}

export function fullTask(task: Task): TaskInFull {
  const { lease, result, caused_by } = task;
  return {
    task_id: task.task_id,
    status: task.status,
    type: task.type,
    priority: task.priority,
    from_agent: task.from_agent,
    to_agent: task.to_agent,
    description: task.description,
    created_at: task.created_at,
    dependencies: task.dependencies,
    ...present({
      waiting_for: task.waiting_for,
      wait_for: task.wait_for,
      context: Object.keys(task.context).length > 0 ? task.context : null,
      ready: isReady(task) || null,
      ready_since: isReady(task) ? task.ready_since : null,
      not_before: task.not_before,
      starts_at: task.starts_at,
      deadline: task.deadline,
    }),
    attempt: task.attempt,
    max_attempts: task.max_attempts,
    ...present({
      failed_attempts: task.failed_attempts || null,
      on_failure: task.on_failure === 'block' ? null : task.on_failure,
      needs_approval: task.needs_approval || null,
      approved_by: task.approved_by,
      held_by: lease?.agent,
      lease:
        lease === null
          ? null
          : { claimed_at: lease.claimed_at, expires_at: lease.expires_at, hold_until: lease.hold_until },
      progress: task.progress,
      routing: task.routing,
      caused_by: caused_by.kind === 'person' ? null : present({ ...caused_by }),
      rework_of: task.rework_of,
      subject: task.subject,
      result: result === null ? null : present({ ...result }),
      reviews: task.reviews,
      finished_at: task.finished_at,
    }),
  };
}

/** A task with what happened to it, newest last. */
export function taskWithHistory(task: Task): TaskInFull {
  return { ...fullTask(task), history: task.history };
}

/** Without the fields that say nothing: null, undefined, empty lists. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** What the dependencies of a task produced, for the one who goes on from there. */
export function inputsOf(state: FederationState, task: Task): readonly Record<string, unknown>[] {
  return task.dependencies.map((id) => {
    const before = state.tasks.get(id);
    if (before?.result != null) {
      return present({ id, summary: before.result.summary, artifacts: before.result.artifacts });
    }
    const vote = voteStanding(state, id);
    if (vote !== undefined) return present({ id, choice: vote.choice });
    return {
      id,
      summary: state.archived.has(id) ? 'archived; read it with get_task' : `${before?.status ?? 'unknown'}`,
    };
  });
}

/** What an agent holds: here, in this process, or elsewhere. */
export function heldBy(state: FederationState, agent: string): Task[] {
  return [...(state.index.heldBy.get(agent) ?? [])].map((id) => existing(state, id));
}

export function briefHeld(task: Task) {
  return {
    task_id: task.task_id,
    attempt: task.attempt,
    type: task.type,
    description: firstWords(task.description, briefLength),
  };
}
