/** Runs of agents' programs as people and agents read them. */
import { CallerError } from '../domain/errors.ts';
import { existingRun } from '../domain/runs/existing-run.ts';
import { endWords, exitWords } from '../domain/runs/run-words.ts';
import type { Run } from '../domain/runs/run.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { minute, type Timestamp, toMillis } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import { firstWords, present } from './task-views.ts';

export type RunView = ReturnType<typeof runView>;

export function runView(run: Run, now: Timestamp) {
  const { usage, trouble } = run;
  return {
    run_id: run.run_id,
    agent: run.agent,
    program: run.program,
    status: run.status,
    ...present({
      task_id: run.task_id,
      attempt: run.attempt,
      vote_id: run.vote_id,
      continues: run.continues,
      outcome: run.outcome,
      how: run.end === null ? null : run.end === 'exited' ? exitWords(run.exit) : endWords[run.end],
      trouble: trouble?.text,
      server_fault: run.server_fault,
      stop_asked_by: run.stop?.by,
    }),
    planned_at: run.planned_at,
    minutes: minutesOf(run, now),
    ...present({
      input_tokens: usage?.input_tokens,
      output_tokens: usage?.output_tokens,
      cost_usd: usage?.cost_usd,
      last_words: run.last_words === '' ? null : firstWords(run.last_words, 300),
    }),
  };
}

function minutesOf({ started_at, ended_at }: Run, now: Timestamp): number {
  if (started_at === null) return 0;
  const passed = Math.max(0, toMillis(ended_at ?? now) - toMillis(started_at));
  return Math.round((passed / minute) * 100) / 100;
}

/** The newest last. */
export function runsView(federation: Federation, limit: number) {
  const state = federation.state();
  const all = [...state.runs.values()];
  const items = all.slice(-limit).map((run) => runView(run, federation.now()));
  return { items, total: all.length };
}

/** Everything that runs now. */
export function runsInHand({ runs }: FederationState, now: Timestamp): readonly RunView[] {
  return [...runs.values()].filter(({ status }) => status !== 'ended').map((run) => runView(run, now));
}

/** Of one task, the newest last. */
export function runsOf({ runs }: FederationState, task_id: string, now: Timestamp): readonly RunView[] {
  return [...runs.values()].filter((run) => run.task_id === task_id).map((run) => runView(run, now));
}

/** The run of this id; a task's: its newest one. @throws CallerError `not-found` */
export function findRun(state: FederationState, id: string): Run {
  if (!id.startsWith('task-')) return existingRun(state, id);
  const run = [...state.runs.values()].findLast(({ task_id }) => task_id === id);
  if (run !== undefined) return run;
  throw new CallerError('not-found', `${id} has no run.`, 'fed runs lists the newest.');
}
