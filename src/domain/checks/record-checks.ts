/** What follows from what checks said: whoever ran them records it, and the reported success counts or fails by it. */
import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { listed } from '../phrases.ts';
import { completeReported, failChecked } from '../tasks/complete-task.ts';
import { existing } from '../tasks/standing.ts';
import type { Task } from '../tasks/task.ts';
import { cut } from '../text.ts';
import { judgeVotesBy } from '../votes/judge-by-check.ts';
import { type CheckRun, longestOutput } from './check.ts';
import { checkWords } from './check-words.ts';
import { requiredChecks } from './required-checks.ts';

type Args = ArgsOf<'record_checks'>;

export function recordChecks(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'record_checks'>> {
  const task = existing(state, args.task_id);
  refuseOutsiders(context);
  if (task.reported === null && task.status !== 'completed') {
    throw new CallerError(
      'wrong-state',
      `${task.task_id} is ${task.status}; nothing was reported to be checked.`,
      advise`Read it with ${call('get_task', { task_id: task.task_id })}.`,
    );
  }
  const attempt = task.reported?.attempt ?? task.result?.attempt ?? task.attempt;
  if (args.attempt !== attempt) {
    throw new CallerError(
      'stale-attempt',
      `The checks were of attempt ${args.attempt} of ${task.task_id}; it is at attempt ${attempt}.`,
      'Check it again.',
    );
  }
  const deliberation = new Deliberation(state, context);
  const runs = args.runs.map((run) => judgedIn(state, task, run));
  for (const run of runs) {
    const output = run.output.slice(-longestOutput);
    deliberation.add({ ...run, output, type: 'check_recorded', task_id: task.task_id, attempt });
  }
  if (task.reported === null) verifyAgain(deliberation, task, runs);
  else settle(deliberation, task, runs);
  if (isFinal(deliberation, task)) judgeVotesBy(deliberation, task, runs);
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

/** It is not tried again. */
function isFinal({ events }: Deliberation, { reported }: Task): boolean {
  return reported === null || events.some(({ type }) => type === 'task_completed' || type === 'task_failed');
}

/** What a run says of its own work proves nothing, and no server runs checks. */
function refuseOutsiders({ actor }: DecisionContext): void {
  const via = actor.provenance?.via;
  if (via !== 'http' && via !== 'stdio' && actor.run === undefined) return;
  throw new CallerError(
    'not-allowed',
    'Checks are recorded by fed check and fed work, which ran them.',
    'Complete your task; its checks are run for you.',
  );
}

function settle(deliberation: Deliberation, task: Task, runs: readonly CheckRun[]): void {
  const { reported } = task;
  if (reported === null) return;
  const failed = runs.filter(({ verdict }) => verdict === 'failed');
  const [first] = failed;
  if (first !== undefined) {
    failChecked(
      deliberation,
      task,
      failed.map(({ check }) => check),
      cut(`${failed.map(checkWords).join('; ')}\n${first.output}`, longestOutput),
    );
    return;
  }
  const missing = reported.checks.filter(
    (name) => !runs.some(({ check, verdict }) => check === name && verdict === 'passed'),
  );
  if (missing.length === 0) {
    const commit = runs.find((run) => run.commit !== null)?.commit ?? reported.commit;
    completeReported(deliberation, task, { verified: reported.checks.length > 0, commit });
    return;
  }
  const none = runs.filter(({ verdict }) => verdict === 'not-run');
  askAboutChecks(deliberation, task, none.length > 0 ? none.map(checkWords).join('; ') : `not run: ${listed(missing)}`);
}

/** No verdict, or none for a day: what is to become of it is the operator's to say. */
export function askAboutChecks(deliberation: Deliberation, { task_id, reported }: Task, why: string): void {
  deliberation.escalate({
    kind: 'checks',
    about: task_id,
    title: `${task_id} waits for its checks`,
    detail: `${reported?.by ?? 'Its agent'} reported it done: ${cut(reported?.summary ?? '', 200)}\n${cut(why, 1_000)}\nRun them with fed check ${task_id}.`,
    task_id,
  });
}

/** Of work that was completed before: what it is worth now. */
function verifyAgain({ state: _state, context, events }: Deliberation, task: Task, runs: readonly CheckRun[]): void {
  const required = requiredChecks(context.config, task);
  const commit = task.work?.commit ?? task.result?.commit ?? null;
  const ofThis = runs.filter((run) => run.commit === commit);
  const failed = ofThis.some(({ verdict }) => verdict === 'failed');
  const all =
    required.length > 0 &&
    required.every((name) => ofThis.some(({ check, verdict }) => check === name && verdict === 'passed'));
  const verified = failed ? false : all ? true : task.verified;
  if (verified !== task.verified) events.push({ type: 'verification_changed', task_id: task.task_id, verified });
}

/** A failure in a folder where others were at work at the same time may be theirs: it is no verdict on this task. */
function judgedIn(state: FederationState, task: Task, run: CheckRun): CheckRun {
  if (run.verdict !== 'failed' || run.place !== 'in-place') return run;
  const other = [...state.index.heldBy.values()]
    .flatMap((ids) => [...ids])
    .find((id) => id !== task.task_id && state.tasks.get(id)?.work === null);
  if (other === undefined) return run;
  return { ...run, verdict: 'not-run', reason: `it failed, and ${other} was in hand in the same folder` };
}
