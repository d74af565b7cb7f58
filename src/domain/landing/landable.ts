/**
 * Whether the work of a task may become part of the target branch, by what the federation knows; what git knows is
 * asked when it is landed.
 */
import { requiredChecks } from '../checks/required-checks.ts';
import type { DecisionConfig } from '../decision-config.ts';
import type { FederationState } from '../federation-state.ts';
import { judgingTypes } from '../scheduling/rule.ts';
import { isOpen } from '../tasks/readiness.ts';
import { reworkOf } from '../tasks/subject.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import { hasCommits } from './work.ts';

export type LandingStanding =
  | { readonly is: 'landable' }
  | { readonly is: 'waits'; readonly why: string; readonly for?: TaskId }
  /** There is nothing to land, or nothing any more. */
  | { readonly is: 'settled'; readonly why: string };

type Config = Pick<DecisionConfig, 'checks' | 'agents' | 'read_only_types'>;

/** `with`: tasks that are being looked at already, as parts of each other. */
export function landingOf(
  state: FederationState,
  config: Config,
  task: Task,
  within: ReadonlySet<TaskId> = new Set(),
): LandingStanding {
  const { work, task_id } = task;
  if (work === null) return settled('it was not done in a worktree');
  if (work.landing !== null) return settled(work.landing.state);
  if (!hasCommits(work)) return settled('it has no commits');
  if (task.status === 'failed' || task.status === 'cancelled') return settled(`it is ${task.status}`);
  if (task.status !== 'completed') return waits(`it is ${task.status}`);
  if (!task.verified && requiredChecks(config, task).length > 0) {
    return waits(`its checks have not passed: run fed check ${task_id}`);
  }
  const rework = reworkOf(state, task_id);
  if (rework !== undefined) return { ...waits(`it was sent back as ${rework.task_id}`), for: rework.task_id };
  const judging = openJudgement(state, task_id);
  if (judging !== null) return judging;
  const inside = new Set([...within, task_id]);
  for (const id of work.contains) {
    const other = state.tasks.get(id);
    if (other === undefined || inside.has(id) || isReworkedBy(state, other, task)) continue;
    const standing = landingOf(state, config, other, inside);
    if (standing.is === 'landable') continue;
    if (standing.is === 'settled' && other.work?.landing?.state === 'landed') continue;
    if (standing.is === 'settled' && (other.work === null || !hasCommits(other.work))) continue;
    return { ...waits(`it contains ${id}, which is not landable: ${standing.why}`), for: id };
  }
  return { is: 'landable' };
}

/** What has to land first, in order. */
export function containedFirst(state: FederationState, task: Task, seen: Set<TaskId> = new Set()): Task[] {
  if (seen.has(task.task_id)) return [];
  seen.add(task.task_id);
  const before = (task.work?.contains ?? []).flatMap((id) => {
    const other = state.tasks.get(id);
    if (other === undefined || other.work === null || other.work.landing !== null) return [];
    return isReworkedBy(state, other, task) ? [] : containedFirst(state, other, seen);
  });
  return [...before, task];
}

/** What this work was made from, and lands with it. */
export function reworkedBy(state: FederationState, rework: Task): TaskId[] {
  const found: TaskId[] = [];
  for (let next = sourceOf(state, rework); next !== undefined; next = sourceOf(state, next)) {
    if (found.includes(next.task_id)) break;
    found.push(next.task_id);
  }
  return found;
}

function isReworkedBy(state: FederationState, work: Task, rework: Task): boolean {
  return reworkedBy(state, rework).includes(work.task_id);
}

function sourceOf(state: FederationState, { rework_of, caused_by }: Task): Task | undefined {
  return rework_of === null || caused_by.task_id === null ? undefined : state.tasks.get(caused_by.task_id);
}

/** A review that is not given yet, and whatever testing or review rules queued, or keep, from it: at any remove. */
function openJudgement(state: FederationState, id: TaskId): LandingStanding | null {
  const seen = new Set<TaskId>([id]);
  const left = [id];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const kept = state.heldAfter.get(next)?.find(({ type }) => judgingTypes.has(type));
    if (kept !== undefined) return waits(`${kept.type} of it is kept in the inbox`);
    const work = state.tasks.get(next);
    for (const follower of [...(work?.result?.follow_ups ?? []), ...(state.dependents.get(next) ?? [])]) {
      const task = state.tasks.get(follower);
      if (task === undefined || seen.has(follower) || !isAbout(task, id, next)) continue;
      seen.add(follower);
      left.push(follower);
      if (isOpen(task)) return { ...waits(`${task.type ?? 'a task'} ${follower} is ${task.status}`), for: follower };
      if (task.status === 'failed') return { ...waits(`${task.type ?? 'a task'} ${follower} failed`), for: follower };
    }
  }
  return null;
}

/** It judges this work: by its subject, or as a testing or review that followed from it. */
function isAbout({ type, subject, caused_by }: Task, id: TaskId, next: TaskId): boolean {
  if (type === null || !judgingTypes.has(type)) return false;
  return subject === id || (caused_by.kind === 'rule' && caused_by.task_id === next);
}

function waits(why: string): { readonly is: 'waits'; readonly why: string } {
  return { is: 'waits', why };
}

function settled(why: string): LandingStanding {
  return { is: 'settled', why };
}
