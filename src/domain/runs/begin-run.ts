/**
 * Claims the best ready task that may run by itself and plans a run for it, in one decision: two runners for one agent
 * share its limits and never a task.
 */
import { agentRecord } from '../agents/agent-record.ts';
import { isAway } from '../agents/attendance.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { AgentConfig, RunConfig } from '../decision-config.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { EventOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import type { SessionId } from '../names.ts';
import { claimed, fairClaimEvery } from '../tasks/claim-task.ts';
import { fitOf } from '../tasks/fit.ts';
import { addMillis, minute } from '../time.ts';
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
  const agent = Object.hasOwn(config.agents, actor.name) ? config.agents[actor.name] : undefined;
  if (agent?.run == null || actor.session === null) {
    throw new CallerError(
      'not-allowed',
      `${actor.name} has no "run" in the configuration.`,
      'Add one, then try again.',
    );
  }
  const session = actor.session;
  if (args.continues !== undefined) return goOn(state, args, args.continues, context);
  const refusal = whyNot(state, agent, agent.run, context);
  if (refusal !== null) return nothing(refusal);
  if (args.vote_id !== undefined) return plan(state, args, session, context, null, args.vote_id);
  const fit = fitOf(state, context, actor.name);
  const mayRun = agent.run.accept === 'all' ? fit : { ...fit, skips: onlyLocal(fit.skips) };
  const { claims } = agentRecord(state, actor.name);
  const task = state.index.ready.best(mayRun, (claims + 1) % fairClaimEvery === 0);
  if (task === undefined) return nothing({ why: 'nothing is ready', until: null });
  const claim = claimed(state, task, context);
  const longest = addMillis(now, agent.run.timeout_minutes * minute + holdBeyondTimeout);
  const first = claim[0].hold_until >= longest ? claim : [{ ...claim[0], hold_until: longest }, ...claim.slice(1)];
  const planned = plan(state, args, session, context, { task_id: task.task_id, attempt: task.attempt + 1 }, null);
  return { ...planned, events: [...first, ...planned.events] };
}

function onlyLocal(skips: ReturnType<typeof fitOf>['skips']): NonNullable<ReturnType<typeof fitOf>['skips']> {
  return (task) => isForeign(task) || skips?.(task) === true;
}

function nothing(refusal: { readonly why: string; readonly until: string | null }): Decision<Result> {
  return { events: [], result: () => ({ run: null, task: null, ...refusal }) };
}

function whyNot(
  state: FederationState,
  { capacity }: AgentConfig,
  run: RunConfig,
  { actor, now }: DecisionContext,
): { readonly why: string; readonly until: string | null } | null {
  if (state.meta.paused !== null) return { why: 'the federation is paused', until: null };
  const { status, reason, until } = agentRecord(state, actor.name);
  if (isAway(state, actor.name)) return { why: `${status}${reason === null ? '' : `: ${reason}`}`, until };
  const holds = state.index.heldBy.get(actor.name)?.size ?? 0;
  if (holds >= capacity) return { why: `it holds ${holds} tasks, its capacity`, until: null };
  return runLimit(state, actor.name, run, now);
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
