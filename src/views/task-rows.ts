/** Tasks as people see them in a list or on a board: who has each, since when, and what keeps it. */
import { isAway, wasSeen } from '../domain/agents/attendance.ts';
import { isOpen } from '../domain/tasks/readiness.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { DependencyId, Priority, Task, TaskStatus } from '../domain/tasks/task.ts';
import type { Timestamp } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import { lacksCommits } from '../domain/landing/miss-commits.ts';
import { type Holding, holdingOf } from './holding.ts';
import { firstWords } from './task-views.ts';

/** Why a task cannot start yet. */
export type TaskWait =
  | { readonly for: 'tasks'; readonly ids: readonly DependencyId[] }
  | { readonly for: 'approval' }
  | { readonly for: 'time'; readonly until: Timestamp };

/**
 * nobody    no agent of the roster does its type, and it is addressed to none
 * not-seen  nobody knows whether the agent it is addressed to will ever look
 * away      that agent is on standby or offline
 */
export type Doubtful = 'nobody' | 'not-seen' | 'away';

export interface TaskRow {
  readonly task_id: string;
  readonly status: TaskStatus;
  readonly type: string | null;
  readonly priority: Priority;
  readonly from_agent: string;
  /** `null`: anyone. */
  readonly to_agent: string | null;
  readonly description: string;
  readonly created_at: Timestamp;
  /** Ready since, claimed at, queued at or finished at. */
  readonly since: Timestamp;
  readonly deadline: Timestamp | null;
  readonly progress: number | null;
  readonly holding: Holding | null;
  /** Who did it. */
  readonly done_by: string | null;
  readonly waits: TaskWait | null;
  /** Why it may stay where it is, though nothing keeps it. */
  readonly doubtful: Doubtful | null;
}

const longestDescription = 200;

export function taskRow(federation: Federation, task: Task): TaskRow {
  const { task_id, status, type, priority, from_agent, to_agent, created_at, deadline, progress, result } = task;
  const holding = holdingOf(federation, task);
  const state = federation.state();
  const readySince = state.index.isReady(task) ? task.ready_since : null;
  return {
    task_id,
    status,
    type,
    priority,
    from_agent,
    to_agent,
    description: firstWords(task.description, longestDescription),
    created_at,
    since: holding?.since ?? task.finished_at ?? readySince ?? created_at,
    deadline: isOpen(task) ? deadline : null,
    progress,
    holding,
    done_by: task.reported?.by ?? (isOpen(task) ? null : (result?.by ?? null)),
    waits: waitOf(state, task),
    doubtful: doubtfulOf(federation, task),
  };
}

export function waitOf({ index }: FederationState, task: Task): TaskWait | null {
  if (task.reported !== null) return { for: 'tasks', ids: ['checks'] };
  if (task.status !== 'pending') return null;
  const ids = index.waitsFor(task);
  if (ids.length > 0) return { for: 'tasks', ids };
  if (task.needs_approval && task.approved_by === null) return { for: 'approval' };
  if (task.starts_at !== null) return { for: 'time', until: task.starts_at };
  return lacksCommits(task) ? { for: 'tasks', ids: ['commit'] } : null;
}

export function doubtfulOf(federation: Federation, { status, type, to_agent }: Task): Doubtful | null {
  if (status !== 'pending') return null;
  const { agents } = federation.config;
  if (to_agent === null) {
    if (type === null || Object.values(agents).some(({ types }) => types.includes(type))) return null;
    return 'nobody';
  }
  // A person looks when it pleases them.
  if (!Object.hasOwn(agents, to_agent)) return null;
  const state = federation.state();
  if (isAway(state, to_agent)) return 'away';
  return wasSeen(state, to_agent, federation.attendance()) ? null : 'not-seen';
}
