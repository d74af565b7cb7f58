/**
 * What becomes of the attempt when its run has ended. An agent that completed, released or reviewed has settled it
 * itself; everything else follows here from how the run ended.
 */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { unreachable } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { fail, failForGood, succeed } from '../tasks/complete-task.ts';
import { workToJudge } from '../tasks/subject.ts';
import type { Task } from '../tasks/task.ts';
import { addMillis, minute, type Timestamp } from '../time.ts';
import { existingRun } from './existing-run.ts';
import { isInHand } from './follow-run.ts';
import { endWords, exitWords } from './run-words.ts';
import type { Run, RunOutcome, Trouble } from './run.ts';

/** A rate limit that names no time is tried again after this. */
const usualLimit = 15 * minute;

export function settleRun(
  state: FederationState,
  { run_id, voted = false }: ArgsOf<'settle_run'>,
  context: DecisionContext,
): Decision<ResultOf<'settle_run'>> {
  const run = existingRun(state, run_id);
  const result = (): ResultOf<'settle_run'> => ({ run: existingRun(state, run_id) });
  if (run.outcome !== null || run.status !== 'ended') return { events: [], result };
  // What it settles is the agent's own, whoever runs the decision.
  const actor = { ...context.actor, name: run.agent, kind: 'agent' as const, session: run.session };
  const deliberation = new Deliberation(state, { ...context, actor });
  if (run.trouble !== null) putOnStandby(deliberation, run, run.trouble);
  deliberation.add({ type: 'run_settled', run_id, outcome: outcomeOf(deliberation, run, voted) });
  return { events: deliberation.events, result };
}

function outcomeOf(deliberation: Deliberation, run: Run, voted: boolean): RunOutcome {
  const { state } = deliberation;
  if (run.task_id === null) return voted ? 'voted' : 'no-ballot';
  const task = state.tasks.get(run.task_id);
  if (task === undefined) return 'lost';
  // Whatever its checks will say, the agent has done its part.
  if (task.reported !== null && task.reported.attempt === run.attempt) return 'completed';
  return isInHand(state, run) ? settle(deliberation, task, run) : doneBefore(task, run);
}

function doneBefore({ result, history }: Task, { attempt, agent }: Run): RunOutcome {
  if (result?.attempt === attempt) return result.outcome === 'success' ? 'completed' : 'failed';
  const released = history.findLast(
    ({ what }) => what === 'released' || what === 'claimed' || what === 'claim expired',
  );
  return released?.what === 'released' && released.by === agent ? 'released' : 'lost';
}

function settle(deliberation: Deliberation, task: Task, run: Run): RunOutcome {
  const { end, trouble } = run;
  if (trouble !== null) return release(deliberation, task, trouble.text);
  switch (end) {
    case 'stopped':
      return release(deliberation, task, run.stop?.reason ?? `${run.stop?.by ?? 'the operator'} stopped its run`);
    case 'paused':
    case 'runner-stopped':
    case 'not-started':
    case 'lease-lost':
      return release(deliberation, task, endWords[end]);
    case 'runner-gone':
      return run.started_at === null ? release(deliberation, task, endWords[end]) : lapse(deliberation, task, run);
    case 'idle':
    case 'timeout':
      return tried(deliberation, task, `The program ${endWords[end]}. ${lastWordsOf(run)}`);
    case 'exited':
    case null:
      return byExit(deliberation, task, run);
    default:
      return unreachable(end);
  }
}

function byExit(deliberation: Deliberation, task: Task, run: Run): RunOutcome {
  const { exit } = run;
  if (run.settle === 'agent') {
    const how =
      exit?.code === 0 ? 'The program ended without completing the task' : `The program failed (${exitWords(exit)})`;
    return tried(deliberation, task, `${how}${serverFaultOf(run)}. ${lastWordsOf(run)}`);
  }
  if (exit?.code !== 0)
    return tried(deliberation, task, `The command failed (${exitWords(exit)}). ${lastWordsOf(run)}`);
  // Unjudged work must not pass for reviewed.
  if (workToJudge(deliberation.state, task, run.agent) !== null) {
    return tried(deliberation, task, 'A command gives no verdict, and this is a review.');
  }
  succeed(deliberation, task, {
    task_id: task.task_id,
    outcome: 'success',
    summary: run.last_words === '' ? 'The command succeeded (exit code 0).' : run.last_words,
  });
  return 'completed';
}

function tried(deliberation: Deliberation, task: Task, summary: string): RunOutcome {
  fail(deliberation, task, { task_id: task.task_id, outcome: 'failure', summary: summary.trim() });
  return 'failed';
}

function release(deliberation: Deliberation, { task_id, attempt }: Task, reason: string): RunOutcome {
  deliberation.add({ type: 'task_released', task_id, attempt, reason, wait_for: [] });
  return 'released';
}

/** As when any process dies with a claim, without waiting for the grace time. */
function lapse(deliberation: Deliberation, task: Task, { agent }: Run): RunOutcome {
  const { task_id, attempt } = task;
  deliberation.add({ type: 'lease_lapsed', task_id, attempt, agent, cause: 'process-gone' });
  if (task.failed_attempts + 1 >= task.max_attempts) {
    failForGood(deliberation, task, `attempt ${attempt} by ${agent} expired (the runner died) and no attempt is left`);
  }
  return 'lost';
}

function serverFaultOf({ server_fault }: Run): string {
  return server_fault === undefined ? '' : `; it never reached the federation: ${server_fault}`;
}

function lastWordsOf({ last_words }: Run): string {
  return last_words === '' ? '' : `Its last words: ${last_words}`;
}

/** So that its fallback takes over. */
function putOnStandby(deliberation: Deliberation, { agent }: Run, { kind, text, until }: Trouble): void {
  const { context } = deliberation;
  deliberation.add({
    type: 'availability_set',
    agent,
    status: 'standby',
    reason: text,
    until: kind === 'rate-limit' ? limitEnd(until, context.now) : null,
    by_runner: true,
  });
}

function limitEnd(until: Timestamp | null, now: Timestamp): Timestamp {
  return until !== null && until > now ? until : addMillis(now, usualLimit);
}
