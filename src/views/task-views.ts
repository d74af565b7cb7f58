/** Tasks as agents and people read them. Terse: empty fields are left out, agents pay for every word. */
import type { CheckResult } from '../domain/checks/check.ts';
import { type Advice, advise, call } from '../domain/advice.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { lacksCommits } from '../domain/landing/miss-commits.ts';
import { dependencyExists, voteStanding } from '../domain/tasks/dependencies.ts';
import { cut, oneLine } from '../domain/text.ts';
import { existing } from '../domain/tasks/standing.ts';
import type { Routing } from '../domain/routing/decision.ts';
import { workToJudge } from '../domain/tasks/subject.ts';
import type { DependencyId, Task, Note } from '../domain/tasks/task.ts';

/** Characters of the description in a brief. */
const briefLength = 80;

export type TaskBrief = ReturnType<typeof briefTask>;

export function briefTask(state: FederationState, task: Task) {
  // One tells why it waits; twenty briefs must fit into 5 KB.
  const shown: readonly DependencyId[] = waitingFor(state, task).slice(0, 1);
  return {
    task_id: task.task_id,
    status: task.status,
    type: task.type,
    priority: task.priority,
    to_agent: task.to_agent,
    ...(shown.length > 0 ? { waiting_for: shown } : {}),
    description: firstWords(task.description, briefLength),
  };
}

export const firstWords = oneLine;

/**
 * What a task that is not finished waits for; `checks`: it was reported done, and they have not passed yet; `commit`: it
 * goes on from commits that a runner's repository does not have.
 */
export function waitingFor(state: FederationState, task: Task): readonly DependencyId[] {
  if (task.reported !== null) return ['checks'];
  if (task.status !== 'pending') return [];
  const ids = state.index.waitsFor(task);
  return ids.length === 0 && lacksCommits(task) ? ['commit'] : ids;
}

/** When it may start and is due, as they were understood. */
export function timesOf({ not_before, deadline }: Task) {
  return present({ not_before, deadline });
}

/** With a task that was just queued: who, how sure, why. get_task has the rest. */
export function briefRouting({ agent, confidence, method, reason, doubt }: Routing) {
  return { agent, confidence, method, reason, ...present({ doubt }) };
}

/** Everything that speaks for a choice. */
export function fullRouting(routing: Routing) {
  const { score, parts, rules, terms, nearest, runner_up, instead_of, cheaper, costs } = routing;
  const { novelty, outcomes, probability, judged } = routing;
  return {
    ...briefRouting(routing),
    score,
    parts: present({ ...parts }),
    ...present({
      rules,
      terms,
      nearest: nearest.map((near) => ({ ...near, task_id: near.task_id === '' ? 'training' : near.task_id })),
      runner_up,
      instead_of,
      cheaper,
      costs,
      novelty,
      explored: routing.explored || null,
    }),
    outcomes,
    ...present({ probability, judged }),
  };
}

/** Everything a reader may need of a task. */
export type TaskInFull = ReturnType<typeof fullTask>;

export function fullTask(state: FederationState, task: Task) {
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
      waiting_for: waitingFor(state, task),
      wait_for: task.wait_for,
      context: Object.keys(task.context).length > 0 ? task.context : null,
      ready: state.index.isReady(task) || null,
      ready_since: state.index.isReady(task) ? task.ready_since : null,
      paths: task.paths,
      uses: task.uses,
      checks: task.checks,
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
      given_back: task.given_back,
      notes: task.notes.map(noteView),
      routing: task.routing === null ? null : briefRouting(task.routing),
      caused_by: caused_by.kind === 'person' ? null : present({ ...caused_by }),
      rework_of: task.rework_of,
      subject: task.subject,
      reported: task.reported === null ? null : present({ ...task.reported }),
      result: result === null ? null : present({ ...result }),
      verified: task.verified || null,
      check_results: task.check_results.map(checkView),
      work: task.work === null ? null : present({ ...task.work }),
      reviews: task.reviews,
      finished_at: task.finished_at,
    }),
  };
}

/** Enough to see what was tried, on what, and what came of it. */
export function checkView({ output, command, reason, exit, ...result }: CheckResult) {
  const shown = result.verdict === 'passed' ? '' : cut(output, 1_500);
  return {
    ...present({ ...result, exit, reason }),
    command: command.join(' '),
    ...(shown === '' ? {} : { output: shown }),
  };
}

/** Data with its author's name, never an instruction of ours. */
export function noteView({ at, by, text, answers }: Note) {
  return { at, by, text, ...present({ answers: answers?.question }) };
}

/** `attempt 2 of 3`: how often it may still fail, whatever was released meanwhile. */
export function attemptOf({ failed_attempts, max_attempts }: Task): string {
  return `attempt ${Math.min(failed_attempts + 1, max_attempts)} of ${max_attempts}`;
}

/** A task with what happened to it, newest last. */
export function taskWithHistory(state: FederationState, task: Task) {
  const history: Task['history'] = task.history.map((entry) =>
    entry.text === undefined ? entry : { ...entry, text: cut(entry.text, 500) },
  );
  return {
    ...fullTask(state, task),
    ...(task.routing === null ? {} : { routing: fullRouting(task.routing) }),
    history,
  };
}

type Present<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], null | undefined> };

/** Without the fields that say nothing: null, undefined, empty lists. */
export function present<Fields extends object>(fields: Fields): Present<Fields>;
export function present(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** Inputs, and artifacts of each, that come with a claim; get_task has the rest. */
const mostInputs = 20;
/** Characters of an input's summary. */
const longestInput = 1_500;

/** What one dependency produced. */
export interface TaskInput {
  readonly id: DependencyId;
  readonly summary?: string;
  readonly choice?: string;
  /** To the question that `summary` is. */
  readonly answer?: string;
  readonly artifacts?: readonly string[];
  readonly commit?: string;
}

/**
 * What the dependencies of a task produced, for the one who goes on from
 * there; first the work that it judges, which it may not depend on: a review
 * after testing waits for the tests.
 */
export function inputsOf(state: FederationState, task: Task, reader: string): readonly TaskInput[] {
  const judged = workToJudge(state, task, reader)?.task_id ?? task.subject;
  const waits = task.wait_for.filter((id) => dependencyExists(state, id));
  const ids = new Set([...(judged === null ? [] : [judged]), ...task.dependencies, ...waits]);
  const answers = task.notes.flatMap(({ text, answers: asked }): TaskInput[] =>
    asked === undefined ? [] : [{ id: asked.inbox_id, summary: cut(asked.question, longestInput), answer: text }],
  );
  return [...[...ids].slice(0, mostInputs).map((id) => inputOf(state, id)), ...answers.slice(-mostInputs)];
}

function inputOf(state: FederationState, id: DependencyId): TaskInput {
  const before = state.tasks.get(id);
  if (before?.result != null) {
    const { summary, artifacts, commit } = before.result;
    const made = present({ artifacts: artifacts.slice(0, mostInputs), commit: before.work?.commit ?? commit });
    return { id, summary: cut(summary, longestInput), ...made };
  }
  const vote = voteStanding(state, id);
  if (vote !== undefined) return { id, ...present({ choice: vote.choice }) };
  return {
    id,
    summary: state.archived.has(id) ? 'archived; get_task has it' : `${before?.status ?? 'unknown'}`,
  };
}

/** How its holder ends a task, as the end of a sentence: a review ends with a verdict, anything else with a completion. */
export function endOf(state: FederationState, task: Task, holder: string): Advice {
  const work = workToJudge(state, task, holder);
  return work === null
    ? advise`finish it with ${call('complete_task', { task_id: task.task_id })}`
    : advise`give the verdict with ${call('review_task', { task_id: work.task_id })}: accept or rework; that completes this review too`;
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
