/**
 * follow-up  a task that a rule queues because another one finished
 * finished   an attempt that ended for good: completed, failed for good, or
 *            sent back by a review
 *
 * What a rule makes of a finished attempt, in words and fields; whether it is
 * queued now, kept or skipped is decided in `fire-rules.ts`.
 */
import type { DecisionConfig } from '../decision-config.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import { isOpen } from '../tasks/readiness.ts';
import type { FollowUp, HeldFollowUp } from './held-follow-up.ts';
import { judgingTypes, type Placeholder, placeholderPattern, type Rule, type RuleOutcome } from './rule.ts';

export interface Finished {
  /** As it was before it finished, or as it is now. */
  readonly task: Task;
  readonly outcome: RuleOutcome;
  /** Who did the work. */
  readonly agent: string;
  readonly attempt: number;
  /** For `rework` the reviewer's note: it says what is to be done. */
  readonly summary: string;
  readonly artifacts: readonly string[];
}

export function heldUnder(state: FederationState, key: string): HeldFollowUp[] {
  return [...state.held.values()].filter((held) => held.key === key);
}

/** How many follow-ups of one attempt still wait for the operator. */
export function keptAfter(state: FederationState, id: TaskId, attempt: number): number {
  return (state.heldAfter.get(id) ?? []).filter((held) => held.attempt === attempt).length;
}

/** Whether rules fire: as switched last, else as configured. */
export function isSchedulingOn(state: FederationState, config: DecisionConfig): boolean {
  return state.meta.scheduling ?? config.scheduling.enabled;
}

export function matches(rule: Rule, finished: Finished): boolean {
  return matchesTask(rule, finished) && matchesArtifacts(rule, finished.artifacts);
}

function matchesTask({ when }: Rule, { task, outcome, agent }: Pick<Finished, 'task' | 'outcome' | 'agent'>): boolean {
  if (when.outcome !== outcome) return false;
  if (when.type !== undefined && when.type !== task.type) return false;
  return when.agent === undefined || when.agent === agent;
}

function matchesArtifacts({ when: { artifact } }: Rule, artifacts: readonly string[]): boolean {
  if (artifact === undefined) return true;
  if (typeof artifact === 'boolean') return artifacts.length > 0 === artifact;
  return artifacts.some((path) => path.endsWith(artifact));
}

export function followUpOf({ name, then }: Rule, finished: Finished): FollowUp {
  const { task, outcome, agent, attempt, artifacts } = finished;
  const [artifact] = artifacts;
  return {
    rule: name,
    task_id: task.task_id,
    attempt,
    outcome,
    from_agent: agent,
    type: then.type,
    to_agent: then.to_agent,
    description: describe(then.description, finished),
    priority: then.priority === 'inherit' ? task.priority : then.priority,
    dependencies: (then.depends ?? (outcome !== 'failed' && outcome !== 'checks-failed')) ? [task.task_id] : [],
    context: artifact === undefined ? {} : { artifact_path: artifact },
    // Who tests a piece of work, and who reviews what was tested, judges that work and not the one before.
    subject: (then.about_work ?? judgingTypes.has(then.type)) ? (task.subject ?? task.task_id) : null,
    depth: task.caused_by.depth + 1,
    ...(then.checks === undefined ? {} : { checks: then.checks }),
  };
}

/** Characters of one value; a chain that quotes itself must not grow for ever. */
const longestValue = 2_000;

function describe(template: string, { task, agent, summary, artifacts }: Finished): string {
  const values: Readonly<Record<Placeholder, string>> = {
    task_id: task.task_id,
    type: task.type ?? 'untyped',
    summary,
    artifact: artifacts.join(', ') || 'none',
    description: task.description,
    agent,
  };
  const known = new Map<string, string>(Object.entries(values));
  return template.replaceAll(placeholderPattern, (whole, name: string) => {
    const value = known.get(name) ?? whole;
    return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  });
}

/**
 * An open task of this type that depends on the finished one, whoever queued
 * it: the holder itself, or a plan that spelled the step out.
 */
export function alreadyQueued(state: FederationState, id: TaskId, type: string): TaskId | null {
  for (const dependent of state.dependents.get(id) ?? []) {
    const task = state.tasks.get(dependent);
    if (task?.type === type && isOpen(task) && task.dependencies.includes(id)) return dependent;
  }
  return null;
}

/** What the success of this task will queue, as far as that is known beforehand: by whom, without the result. */
export function expectedFollowUps(state: FederationState, config: DecisionConfig, task: Task, agent: string): Rule[] {
  if (!isSchedulingOn(state, config)) return [];
  return config.scheduling.rules.filter(
    (rule) =>
      matchesTask(rule, { task, outcome: 'success', agent }) &&
      alreadyQueued(state, task.task_id, rule.then.type) === null,
  );
}
