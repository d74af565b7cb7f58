import { advise, call } from '../advice.ts';
import type { Actor, ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { listed } from '../phrases.ts';
import { isRemote } from '../runs/remote.ts';
import { requiredChecks } from '../checks/required-checks.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { tellChange } from '../routing/tell-change.ts';
import { fireRules } from '../scheduling/fire-rules.ts';
import { keptAfter } from '../scheduling/follow-up.ts';
import { addMillis, second } from '../time.ts';
import { unblockedBy } from './dependencies.ts';
import { hasUnreadOfPerson, unreadNotes } from './notes.ts';
import { existing, ownAttempt } from './standing.ts';
import { workToJudge } from './subject.ts';
import type { AgentName, Lease, Task } from './task.ts';
import { checkCommit, invalid, longestNote } from './task-fields.ts';

type Args = ArgsOf<'complete_task'>;
type Result = ResultOf<'complete_task'>;

export function completeTask(state: FederationState, args: Args, context: DecisionContext): Decision<Result> {
  const { actor } = context;
  const task = existing(state, args.task_id);
  const attempt = args.attempt ?? ownAttempt(task, actor);
  if (attempt === null) throw notClaimedHere(task, actor);
  if (isRepeat(task, args, attempt, context)) return { events: [], result: () => resultOf(state, task.task_id) };
  if (task.lease === null || task.attempt !== attempt) return tooLate(task, args, attempt, context);
  if (task.lease.agent !== actor.name) throw heldByAnother(task, task.lease);
  if (args.commit !== undefined) checkCommit(args.commit);
  if (args.outcome === 'success') refuseWithoutVerdict(state, task, actor.name);
  if (hasUnreadOfPerson(task)) {
    const notes = unreadNotes(task);
    return {
      events: [{ type: 'notes_read', task_id: task.task_id }],
      result: () => ({ ...nothingDone, task: existing(state, task.task_id), notes }),
    };
  }
  const deliberation = new Deliberation(state, context);
  if (args.outcome === 'success') succeed(deliberation, task, args);
  else fail(deliberation, task, args);
  return { events: deliberation.events, result: () => resultOf(state, task.task_id) };
}

function heldByAnother({ task_id }: Task, { agent }: Lease): CallerError {
  return new CallerError(
    'not-allowed',
    `${task_id} is held by ${agent}.`,
    advise`Only the holder can complete it; ${call('report_progress', { task_id })} leaves a note for ${agent}.`,
  );
}

/** Another process of the same agent may finish it too, where it knows of which claim. */
function notClaimedHere(task: Task, { name }: Actor): CallerError {
  const { task_id, status, lease } = task;
  if (lease !== null && lease.agent !== name) return heldByAnother(task, lease);
  if (status === 'pending') {
    return new CallerError(
      'invalid',
      `${task_id} is pending; nobody holds it.`,
      advise`Claim it first with ${call('claim_task', { task_id })}.`,
      'attempt',
    );
  }
  const where = lease === null ? '' : `; another process of ${name} holds it`;
  return invalid(
    'attempt',
    `this process has not claimed ${task_id}${where}`,
    'Give the attempt number that claim_task returned.',
  );
}

const nothingDone = { unblocked: [], follow_ups: [], kept: 0 };

/** A review that counts as done without a verdict would let unjudged work pass for reviewed. */
function refuseWithoutVerdict(state: FederationState, task: Task, name: string): void {
  const work = workToJudge(state, task, name);
  if (work === null) return;
  throw new CallerError(
    'wrong-state',
    `${task.task_id} is the review of ${work.task_id}, and you have not given a verdict yet.`,
    advise`Give it with ${call('review_task', { task_id: work.task_id })}: accept or rework. That also completes ${task.task_id}. You can still release it or report a failure.`,
  );
}

/** Also where a run's exit code says so. */
export function succeed(deliberation: Deliberation, task: Task, args: Args): void {
  const checks = requiredChecks(deliberation.context.config, task);
  const { summary, artifacts = [], duration_minutes = null, commit = null } = args;
  const isSaved = task.work === null || task.work.saved_attempt === task.attempt;
  const remote = isRemote(deliberation.context.actor);
  if (remote && checks.length > 0 && task.work === null && commit === null) throw commitWanted(task, checks);
  const agent = task.lease?.agent ?? deliberation.context.actor.name;
  if (checks.length > 0 || !isSaved) {
    const { task_id, attempt } = task;
    deliberation.add({
      type: 'success_reported',
      task_id,
      attempt,
      summary,
      artifacts,
      duration_minutes,
      commit,
      checks,
      ...(remote ? { remote } : {}),
      ...(agent === deliberation.context.actor.name ? {} : { agent }),
    });
    return;
  }
  complete(deliberation, task, { agent, summary, artifacts, duration_minutes, commit, verified: false });
}

/** In the folder of the federation there is nothing of what was done on another machine. */
function commitWanted({ task_id }: Task, checks: readonly string[]): CallerError {
  return invalid(
    'commit',
    `${listed(checks)} must pass on your work, and this federation is on another machine`,
    advise`Commit it, push it where ${task_id} can be fetched from, and give the commit: ${call('complete_task', { task_id })}.`,
  );
}

interface Completion {
  readonly agent: AgentName;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  readonly commit: string | null;
  readonly verified: boolean;
}

/** What was reported done counts now. */
export function completeReported(
  deliberation: Deliberation,
  task: Task,
  { verified, commit, summary }: Pick<Completion, 'verified' | 'commit'> & { readonly summary?: string | undefined },
): void {
  const { reported } = task;
  if (reported === null) return;
  complete(deliberation, task, {
    agent: reported.by,
    summary: summary ?? reported.summary,
    artifacts: reported.artifacts,
    duration_minutes: reported.duration_minutes,
    commit: commit ?? reported.commit,
    verified,
  });
}

function complete(deliberation: Deliberation, task: Task, completion: Completion): void {
  const { agent, summary, artifacts, duration_minutes, commit, verified } = completion;
  deliberation.add({
    type: 'task_completed',
    task_id: task.task_id,
    attempt: task.attempt,
    summary,
    artifacts,
    duration_minutes,
    unblocked: unblockedBy(deliberation.state, task.task_id, 'satisfied'),
    ...(agent === deliberation.context.actor.name ? {} : { agent }),
    ...(commit === null ? {} : { commit }),
    ...(verified ? { verified } : {}),
  });
  deliberation.closeEscalations(
    task.task_id,
    'completed',
    'routing',
    'hold-reached',
    'task-failed',
    'blocked',
    'given-back',
    'checks',
  );
  deliberation.closeQuestions(task.task_id, 'completed');
  fireRules(deliberation, { task, outcome: 'success', agent, attempt: task.attempt, summary, artifacts });
}

export function fail(deliberation: Deliberation, task: Task, args: Args): void {
  const { now, config } = deliberation.context;
  const failures = task.failed_attempts + 1;
  const again = args.retryable !== false && failures < task.max_attempts;
  const { first_delay_seconds, longest_delay_seconds } = config.retries;
  const delay = Math.min(first_delay_seconds * 4 ** (failures - 1), longest_delay_seconds);
  deliberation.add({
    type: 'attempt_failed',
    task_id: task.task_id,
    attempt: task.attempt,
    summary: args.summary,
    artifacts: args.artifacts ?? [],
    duration_minutes: args.duration_minutes ?? null,
    retry_at: again ? addMillis(now, delay * second) : null,
  });
  const { task_id, type } = task;
  tellChange(deliberation, { agent: deliberation.context.actor.name, type, step: 'failures', task_id });
  if (!again) failForGood(deliberation, task, args.summary, args.artifacts);
}

/** It was reported done, and its checks say otherwise: tried again at once, with what they wrote as a note. */
export function failChecked(
  deliberation: Deliberation,
  task: Task,
  failed_checks: readonly string[],
  output: string,
): void {
  const { reported, task_id, attempt } = task;
  if (reported === null) return;
  const again = task.failed_attempts + 1 < task.max_attempts;
  const summary = `${listed(failed_checks)} failed. ${reported.summary}`;
  deliberation.add(
    { type: 'task_noted', task_id, text: output.slice(-longestNote) },
    {
      type: 'attempt_failed',
      task_id,
      attempt,
      summary,
      artifacts: reported.artifacts,
      duration_minutes: reported.duration_minutes,
      retry_at: again ? deliberation.context.now : null,
      agent: reported.by,
      failed_checks,
    },
  );
  deliberation.closeEscalations(task_id, 'checks failed', 'checks');
  fireRules(deliberation, {
    task,
    outcome: 'checks-failed',
    agent: reported.by,
    attempt,
    summary: output,
    artifacts: reported.artifacts,
  });
  if (!again) failForGood(deliberation, task, summary, reported.artifacts);
}

/** The last attempt is used up: the task fails, dependents go by its `on_failure`, the operator hears of it. */
export function failForGood(
  deliberation: Deliberation,
  task: Task,
  reason: string,
  artifacts: readonly string[] = [],
): void {
  deliberation.add({ type: 'task_failed', task_id: task.task_id, reason });
  deliberation.closeEscalations(task.task_id, 'failed', 'routing', 'hold-reached', 'given-back', 'checks');
  deliberation.closeQuestions(task.task_id, 'failed');
  const blocked = deliberation.endDependents(task);
  deliberation.escalate({
    kind: 'task-failed',
    about: task.task_id,
    title: `${task.task_id} failed${blocked.length === 0 ? '' : ` and blocks ${listed(blocked)}`}`,
    detail: reason.slice(0, 500),
    task_id: task.task_id,
  });
  const agent = task.lease?.agent ?? deliberation.context.actor.name;
  fireRules(deliberation, { task, outcome: 'failed', agent, attempt: task.attempt, summary: reason, artifacts });
}

/** The same completion of the same attempt again, after an answer that was lost on the way. */
function isRepeat(task: Task, args: Args, attempt: number, { actor }: DecisionContext): boolean {
  const result = task.result?.attempt === attempt ? task.result : task.reported;
  const outcome = task.result?.attempt === attempt ? task.result.outcome : 'success';
  return (
    result !== null &&
    result.attempt === attempt &&
    result.by === actor.name &&
    outcome === args.outcome &&
    result.summary === args.summary &&
    result.artifacts.join('\n') === (args.artifacts ?? []).join('\n')
  );
}

function tooLate(task: Task, args: Args, attempt: number, { actor }: DecisionContext): Decision<Result> {
  if (attempt > task.attempt) {
    throw invalid(
      'attempt',
      `expected at most ${task.attempt}, got ${attempt}`,
      'Give the attempt number that claim_task returned.',
    );
  }
  const claim = task.claims.find((made) => made.attempt === attempt);
  if (claim !== undefined && claim.agent !== actor.name) {
    throw new CallerError(
      'not-allowed',
      `Attempt ${attempt} of ${task.task_id} was ${claim.agent}'s.`,
      'Only the holder can complete it.',
    );
  }
  const failed = failedChecksOf(task, attempt);
  const refused =
    failed.length > 0
      ? new CallerError(
          'checks-failed',
          `Attempt ${attempt} of ${task.task_id} was reported done, and ${listed(failed)} failed; the task is ${task.status}.`,
          advise`What they wrote is a note on it: ${call('get_task', { task_id: task.task_id })}. ${task.status === 'pending' ? 'Claim it again to go on.' : ''}`,
        )
      : expired(task, attempt);
  // A client that repeats its late call must not fill the journal.
  const kept = task.history.some((entry) => entry.what === 'late completion' && entry.text === args.summary);
  if (kept) throw refused;
  const { outcome, summary, artifacts = [] } = args;
  return {
    events: [{ type: 'late_completion_kept', task_id: task.task_id, attempt, outcome, summary, artifacts }],
    refused,
  };
}

/** The checks that ended this attempt, by which its success was none. */
function failedChecksOf({ result, check_results }: Task, attempt: number): readonly string[] {
  if (result?.attempt !== attempt || result.outcome !== 'failure') return [];
  const failed = check_results.filter((run) => run.attempt === attempt && run.verdict === 'failed');
  return [...new Set(failed.map(({ check }) => check))];
}

function expired(task: Task, attempt: number): CallerError {
  return new CallerError(
    'stale-attempt',
    `Attempt ${attempt} of ${task.task_id} has expired; the task is ${task.status}${task.lease === null ? '' : `, held by ${task.lease.agent} (attempt ${task.attempt})`}.`,
    task.status === 'pending'
      ? 'Your text is kept in its history. Claim it again if it still needs doing.'
      : advise`Your text is kept in its history. Read it with ${call('get_task', { task_id: task.task_id })} before doing more.`,
  );
}

function resultOf(state: FederationState, id: string): Result {
  const task = existing(state, id);
  const { unblocked = [], follow_ups = [], attempt } = task.result ?? {};
  return { task, unblocked, follow_ups, kept: keptAfter(state, id, attempt ?? task.attempt), notes: [] };
}
