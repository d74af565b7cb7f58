import { closeEscalation } from '../scheduling/close-escalation.ts';
import { plural } from '../phrases.ts';
import { type Advice, advise, call } from '../advice.ts';
import { agentRecord } from '../agents/agent-record.ts';
import type { Actor, ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { DecisionConfig } from '../decision-config.ts';
import { CallerError } from '../errors.ts';
import type { EventOf, FederationEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { addMillis, minute } from '../time.ts';
import { fitOf, fits } from './fit.ts';
import type { Fit } from './claiming-order.ts';
import { existing, finishedError } from './standing.ts';
import type { Task } from './task.ts';
import { whyNotReady } from './why-not-ready.ts';
import { invalid } from './task-fields.ts';

/** Every n-th claim of an agent takes the longest-ready task that fits, so that nothing starves. */
export const fairClaimEvery = 8;

export function claimTask(
  state: FederationState,
  args: ArgsOf<'claim_task'>,
  context: DecisionContext,
): Decision<ResultOf<'claim_task'>> {
  const { actor, config } = context;
  const { paused } = state.meta;
  if (paused !== null) {
    throw new CallerError(
      'paused',
      `${paused.by} paused the federation at ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}.`,
      'Finish or release what you hold; claim again once it is resumed.',
    );
  }
  const fit = fitOf(state, context, actor.name, args.types);
  const named = args.task_id === undefined ? undefined : claimable(state, args.task_id, fit, context);
  if (named?.status === 'in-progress') {
    // A repeated call, after an answer that was lost on the way.
    return { events: [], result: () => ({ task: named }) };
  }
  // A run is for one attempt; what it asks for beyond that is another run's.
  if (actor.run !== undefined) return { events: [], result: () => ({ task: null }) };
  refuseBeyondCapacity(state, config, actor.name);
  const claims = agentRecord(state, actor.name).claims;
  const task = named ?? state.index.ready.best(fit, (claims + 1) % fairClaimEvery === 0);
  if (task === undefined) return { events: [], result: () => ({ task: null }) };
  return {
    events: claimed(state, task, context, args.lease_minutes),
    result: () => ({ task: existing(state, task.task_id) }),
  };
}

/** The claim of a ready task by who acts, and what follows from it. */
export function claimed(
  state: FederationState,
  task: Task,
  { actor, config: { leases }, now }: DecisionContext,
  lease_minutes: number = leases.lease_minutes,
): [EventOf<'task_claimed'>, ...FederationEvent[]] {
  return [
    {
      type: 'task_claimed',
      task_id: task.task_id,
      agent: actor.name,
      session: actor.session,
      attempt: task.attempt + 1,
      expires_at: addMillis(now, lease_minutes * minute),
      hold_until: addMillis(now, Math.max(leases.hold_minutes, lease_minutes) * minute),
    },
    ...taken(state, task.task_id),
  ];
}

/** What was asked about a task that nobody could take is over. */
function taken(state: FederationState, id: string): FederationEvent[] {
  const inbox_id = state.escalationKeys.get(`routing:${id}`);
  return inbox_id === undefined ? [] : [closeEscalation(state, inbox_id, 'claimed')];
}

/** The named task if it may be claimed now, or is held by this very process. */
function claimable(state: FederationState, id: string, fit: Fit, { actor, now }: DecisionContext): Task {
  const task = existing(state, id);
  if (task.status === 'in-progress') {
    if (task.lease?.agent === actor.name && task.lease.session === actor.session) return task;
    throw new CallerError(
      'already-claimed',
      `${id} is held by ${task.lease?.agent ?? 'someone'} (attempt ${task.attempt}).`,
      advise`Take the best task for you with ${call('claim_task')}.`,
    );
  }
  if (task.status !== 'pending') throw finishedError(task);
  if (!fits(task, fit)) {
    const isForYou =
      task.to_agent === null ? fit.types?.has(task.type ?? '') !== false : fit.own.includes(task.to_agent);
    const why = isForYou
      ? `of ${task.type === null ? 'no type' : `the type ${task.type}`}, and you are configured to read only`
      : task.to_agent === null
        ? `of type ${task.type}, which you do not do`
        : `addressed to ${task.to_agent}`;
    if (fit.only !== null)
      throw invalid('types', `${id} is not of these types`, 'Leave out types when you name a task.');
    throw new CallerError(
      'not-allowed',
      `${id} is ${why}.`,
      advise`Take the best task for you with ${call('claim_task')}.`,
    );
  }
  const why = whyNotReady(state, task, now);
  if (why !== null) throw new CallerError('not-ready', `${id} is not ready: ${why}.`, howToWait(state, task, actor));
  return task;
}

/** What waits for the caller's own work can be done first, if the caller gives that back until then. */
function howToWait(state: FederationState, { task_id }: Task, { name }: Actor): Advice {
  const own = state.index.inUse.blockersOf(task_id).find((id) => state.tasks.get(id)?.lease?.agent === name);
  return own === undefined
    ? advise`Take another task, or wait for one, with ${call('claim_task', { wait_seconds: 50 })}.`
    : advise`To have it done first, release yours until then: ${call('release_task', { task_id: own, wait_for: [task_id] })}.`;
}

function refuseBeyondCapacity(state: FederationState, config: DecisionConfig, name: string): void {
  const capacity = Object.hasOwn(config.agents, name) ? config.agents[name]?.capacity : undefined;
  const held = state.index.heldBy.get(name);
  if (capacity === undefined || held === undefined || held.size < capacity) return;
  throw new CallerError(
    'limit-reached',
    `${name} already holds ${plural(held.size, 'task')}, its capacity: ${[...held].slice(0, 5).join(', ')}.`,
    'Complete or release one of them first.',
  );
}
