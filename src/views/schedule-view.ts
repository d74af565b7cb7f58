/** Automatic scheduling as people and agents read it: the rules, what a success will queue, a dry run. */
import { advise, call } from '../domain/advice.ts';
import type { Config } from '../config/schema.ts';
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import {
  alreadyQueued,
  expectedFollowUps,
  type Finished,
  followUpOf,
  isSchedulingOn,
  matches,
} from '../domain/scheduling/follow-up.ts';
import type { Rule, RuleOutcome } from '../domain/scheduling/rule.ts';
import type { Task, TaskId } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { findTask } from './find-task.ts';
import { firstWords, present } from './task-views.ts';

/** Follow-ups are queued by rules, and the rework of refused work by the review itself. */
const rework = {
  name: 'rework',
  when: 'a review sends work back',
  then: 'the same work again, for the agent that did it',
};

export interface ScheduleView {
  readonly scheduling: 'on' | 'off';
  readonly paused: boolean;
  readonly kept: number;
  readonly rules: readonly { readonly name: string; readonly when: string; readonly then: string }[];
}

export function scheduleView(state: FederationState, config: Config): ScheduleView {
  return {
    scheduling: isSchedulingOn(state, config) ? 'on' : 'off',
    paused: state.meta.paused !== null,
    kept: state.held.size,
    rules: rulesInWords(config),
  };
}

/** Every rule as a sentence in two halves, and what reviews do by themselves. */
export function rulesInWords(config: Config): ScheduleView['rules'] {
  return [
    ...config.scheduling.rules.map((rule) => ({ name: rule.name, when: whenOf(rule), then: thenOf(rule) })),
    rework,
  ];
}

function whenOf({ when }: Rule): string {
  const { type, agent, outcome, artifact } = when;
  const artifacts = { true: ' with an artifact', false: ' without an artifact' };
  const by = agent === undefined ? '' : ` by ${agent}`;
  const ends = {
    success: 'is completed',
    failed: 'fails for good',
    rework: 'is sent back',
    'checks-failed': 'fails its checks',
  }[outcome];
  const named = typeof artifact === 'boolean' ? artifacts[`${artifact}`] : ` with an artifact ending in ${artifact}`;
  return `${type ?? 'any task'}${by} ${ends}${artifact === undefined ? '' : named}`;
}

function thenOf({ then }: Rule): string {
  const priority = then.priority === 'inherit' ? '' : ` at ${then.priority} priority`;
  return `${then.type} for ${then.to_agent}${priority}: ${firstWords(then.description, 80)}`;
}

/** What rules will queue when the holder of this task succeeds. */
export function onSuccess(state: FederationState, config: Config, task: Task, agent: string) {
  return expectedFollowUps(state, config, task, agent).map(({ name, when, then }) => ({
    rule: name,
    type: then.type,
    to_agent: then.to_agent,
    ...present({
      only_if:
        when.artifact === undefined
          ? null
          : typeof when.artifact === 'string'
            ? `an artifact ends in ${when.artifact}`
            : `you name ${when.artifact ? 'an' : 'no'} artifact`,
    }),
  }));
}

/**
 * Which rules a past task would fire now and what they would queue; changes nothing.
 * @throws CallerError `not-found`; `wrong-state` for a task that has not ended, or was cancelled.
 */
export async function dryRun(federation: Federation, id: TaskId) {
  const task = await findTask(federation, id);
  const state = federation.state();
  const ends = endsOf(task);
  if (ends.length === 0) {
    throw new CallerError(
      'wrong-state',
      `${id} is ${task.status}; rules fire when a task is completed, fails for good or is sent back.`,
      advise`Name a finished task; ${call('list_tasks', { status: 'completed' })} shows some.`,
    );
  }
  const { rules } = federation.config.scheduling;
  return {
    task_id: id,
    outcomes: ends.map(({ outcome }) => outcome),
    scheduling: isSchedulingOn(state, federation.config) ? 'on' : 'off',
    would_queue: ends.flatMap((finished) =>
      rules
        .filter((rule) => matches(rule, finished))
        .map((rule) => {
          const { type, to_agent, priority, description, dependencies, subject } = followUpOf(rule, finished);
          const skipped = alreadyQueued(state, id, type);
          return {
            rule: rule.name,
            type,
            ...present({ to_agent, priority, dependencies, subject }),
            description: firstWords(description, 200),
            ...present({ skipped: skipped === null ? null : `already queued as ${skipped}` }),
          };
        }),
    ),
    does_not_match: rules.filter((rule) => !ends.some((finished) => matches(rule, finished))).map(({ name }) => name),
  };
}

/** A task that was completed and then sent back ended twice. */
function endsOf(task: Task): Finished[] {
  const { result, status, reviews } = task;
  if (result === null || (status !== 'completed' && status !== 'failed')) return [];
  const finished = (outcome: RuleOutcome, summary: string): Finished => ({
    task,
    outcome,
    agent: result.by,
    attempt: result.attempt,
    summary,
    artifacts: result.artifacts,
  });
  const sentBack = reviews.findLast(({ verdict }) => verdict === 'rework');
  return [
    finished(status === 'failed' ? 'failed' : 'success', result.summary),
    ...(sentBack === undefined ? [] : [finished('rework', sentBack.note)]),
  ];
}
