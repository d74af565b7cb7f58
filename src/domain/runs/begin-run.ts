/**
 * Claims the best ready task that may run by itself and plans a run for it, in one decision: two runners for one agent
 * share its limits and never a task.
 */
import { agentRecord } from '../agents/agent-record.ts';
import { type Attendance, isAway } from '../agents/attendance.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { DecisionConfig, RunConfig } from '../decision-config.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { EventOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName, SessionId, TaskId } from '../names.ts';
import type { Fit } from '../tasks/claiming-order.ts';
import type { Task } from '../tasks/task.ts';
import { claimed, fairClaimEvery } from '../tasks/claim-task.ts';
import { fitOf } from '../tasks/fit.ts';
import { addMillis, minute, type Timestamp } from '../time.ts';
import { runLimit } from './limits.ts';
import { isForeign } from './origin.ts';
import { existingRun } from './existing-run.ts';
import type { Run } from './run.ts';

type Args = ArgsOf<'begin_run'>;
type Result = ResultOf<'begin_run'>;

/** Beyond the longest run, so that the hold never ends an attempt that the runner still watches. */
const holdBeyondTimeout = 10 * minute;

export function beginRun(state: FederationState, args: Args, context: DecisionContext): Decision<Result> {
  const { actor, config, now } = context;
  const { session } = actor;
  if (session === null) throw new CallerError('not-allowed', 'A run acts in a session of its own.', '');
  // It finishes by what it was started with, whatever is configured by now.
  if (args.continues !== undefined) return goOn(state, args, args.continues, context);
  const run = runOf(config, actor.name);
  if (run === undefined) return nothing(withoutRun);
  if (args.vote_id !== undefined) {
    const refusal = noRoom(state, actor.name, run, context);
    return refusal === null ? plan(state, args, session, context, null, args.vote_id) : nothing(refusal);
  }
  const next = nextRun(state, context, actor.name, new Set(args.without));
  if ('why' in next) return nothing(next);
  const { task } = next;
  const claim = claimed(state, task, context);
  const longest = addMillis(now, run.timeout_minutes * minute + holdBeyondTimeout);
  const first = claim[0].hold_until >= longest ? claim : [{ ...claim[0], hold_until: longest }, ...claim.slice(1)];
  const planned = plan(state, args, session, context, { task_id: task.task_id, attempt: task.attempt + 1 }, null);
  return { ...planned, events: [...first, ...planned.events] };
}

interface NoRun {
  readonly why: string;
  /** From when on it may be otherwise, by the clock alone. */
  readonly until: Timestamp | null;
}

const withoutRun: NoRun = { why: 'it has no "run" in the configuration', until: null };

/** The task that a run of this agent would be for now; or why there is none. Changes nothing. */
export function nextRun(
  state: FederationState,
  attendance: Attendance,
  name: AgentName,
  /** Not for this runner: its repository lacks what they go on from. */
  without: ReadonlySet<TaskId> = new Set(),
): NoRun | { readonly task: Task } {
  const run = runOf(attendance.config, name);
  if (run === undefined) return withoutRun;
  const refusal = noRoom(state, name, run, attendance);
  if (refusal !== null) return refusal;
  const fit = fitOf(state, attendance, name);
  const own = without.size === 0 ? fit : { ...fit, skips: except(without, fit.skips) };
  const mayRun = run.accept === 'all' ? own : { ...own, skips: onlyLocal(own.skips) };
  const { claims } = agentRecord(state, name);
  const task = state.index.ready.best(mayRun, (claims + 1) % fairClaimEvery === 0);
  return task === undefined ? { why: 'nothing is ready', until: null } : { task };
}

function runOf({ agents }: DecisionConfig, name: AgentName): RunConfig | undefined {
  return Object.hasOwn(agents, name) ? agents[name]?.run : undefined;
}

function except(without: ReadonlySet<TaskId>, skips: Fit['skips']): NonNullable<Fit['skips']> {
  return (task) => without.has(task.task_id) || skips?.(task) === true;
}

function onlyLocal(skips: Fit['skips']): NonNullable<Fit['skips']> {
  return (task) => isForeign(task) || skips?.(task) === true;
}

function nothing({ why, until }: NoRun): Decision<Result> {
  return { events: [], result: () => ({ run: null, task: null, why, until }) };
}

/** Why nothing of this agent may start now, whatever is ready; `null`: it may. */
export function noRoom(
  state: FederationState,
  name: AgentName,
  run: RunConfig,
  { config, now }: Attendance,
): NoRun | null {
  if (state.meta.paused !== null) return { why: 'the federation is paused', until: null };
  const { status, reason, until } = agentRecord(state, name);
  if (isAway(state, name)) return { why: `${status}${reason === null ? '' : `: ${reason}`}`, until };
  const holds = state.index.heldBy.get(name)?.size ?? 0;
  const capacity = config.agents[name]?.capacity ?? holds;
  if (holds >= capacity) return { why: `it holds ${holds} tasks, its capacity`, until: null };
  return runLimit(state, name, run, now);
}

/** In the same conversation, for the same attempt: the one before ended without having settled it. */
function goOn(state: FederationState, args: Args, id: string, context: DecisionContext): Decision<Result> {
  const before = existingRun(state, id);
  const { actor } = context;
  const task = before.task_id === null ? undefined : state.tasks.get(before.task_id);
  const isOwn = before.session === actor.session && task?.lease?.session === before.session;
  const isOver = before.status === 'ended' && before.outcome === null;
  if (task === undefined || !isOwn || !isOver || task.attempt !== before.attempt || state.meta.paused !== null) {
    return nothing({ why: `${id} cannot be continued`, until: null });
  }
  const work = { task_id: task.task_id, attempt: task.attempt };
  const planned = plan(state, args, before.session, context, work, null);
  return { ...planned, events: [{ type: 'run_settled', run_id: id, outcome: 'continued' }, ...planned.events] };
}

function plan(
  state: FederationState,
  { program, settle, secret_hash, machine, runner, continues }: Args,
  session: Exclude<SessionId, null>,
  context: DecisionContext,
  work: EventOf<'run_planned'>['work'],
  ballot: EventOf<'run_planned'>['ballot'],
): Extract<Decision<Result>, { result: unknown }> {
  const run_id = new Deliberation(state, context).nextId('run');
  const who = { agent: context.actor.name, session, program, settle, secret_hash, machine, runner };
  return {
    events: [{ type: 'run_planned', run_id, ...who, work, ballot, continues: continues ?? null }],
    result: () => {
      const run: Run = existingRun(state, run_id);
      const task = work === null ? null : (state.tasks.get(work.task_id) ?? null);
      return { run, task, why: null, until: null };
    },
  };
}
