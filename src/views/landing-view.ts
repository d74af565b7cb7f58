/** What can land, what waits and why. */
import type { Config } from '../config/schema.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { landingOf } from '../domain/landing/landable.ts';
import { hasCommits } from '../domain/landing/work.ts';
import type { Task, TaskId } from '../domain/tasks/task.ts';

export interface LandingRow {
  readonly task_id: TaskId;
  readonly is: 'landable' | 'waits' | 'landed' | 'reverted' | 'sent-back' | 'settled';
  readonly commit?: string;
  readonly why?: string;
  /** What it was sent back as. */
  readonly rework?: TaskId;
}

const settledShown = 20;

/** All that is open, and the newest of what is settled. */
export function landingsView(state: FederationState, config: Config): readonly LandingRow[] {
  const open: LandingRow[] = [];
  const settled: LandingRow[] = [];
  for (const task of state.tasks.values()) {
    const row = landingRow(state, config, task);
    if (row !== null) (row.is === 'landable' || row.is === 'waits' ? open : settled).push(row);
  }
  return [...settled.slice(-settledShown), ...open];
}

/** Null: it left no commits. */
export function landingRow(state: FederationState, config: Config, task: Task): LandingRow | null {
  const { work, task_id } = task;
  if (work === null || !hasCommits(work)) return null;
  const standing = landingOf(state, config, task);
  if (standing.is === 'landable') return { task_id, is: 'landable', commit: work.commit };
  if (standing.is === 'waits') return { task_id, is: 'waits', commit: work.commit, why: standing.why };
  if (work.landing?.state === 'landed') return { task_id, is: 'landed', commit: work.landing.merge };
  return { task_id, is: 'settled', commit: work.commit, why: standing.why };
}

/** What `fed land` without a name lands: the oldest first. */
export function landable(state: FederationState, config: Config, only: 'all' | 'verified'): readonly TaskId[] {
  return [...state.tasks.values()]
    .filter((task) => task.work !== null && task.work.landing === null && (only === 'all' || task.verified))
    .filter((task) => landingOf(state, config, task).is === 'landable')
    .map(({ task_id }) => task_id);
}
