import { advise, call } from '../advice.ts';
import { agentRecord } from '../agents/agent-record.ts';
import type { Attendance } from '../agents/attendance.ts';
import type { Actor, ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { DecisionConfig } from '../decision-config.ts';
import { participantKind } from '../participants.ts';
import { CallerError } from '../errors.ts';
import type { FederationEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { addMillis, minute } from '../time.ts';
import type { Fit } from './ready-index.ts';
import { existing, finishedError } from './standing.ts';
import type { Task } from './task.ts';
import { isReady } from './readiness.ts';
import { invalid, unknownAgent } from './validate-request.ts';

/** Every n-th claim of an agent takes the longest-ready task that fits, so that nothing starves. */
export const fairClaimEvery = 8;

export function claimTask(
  state: FederationState,
  args: ArgsOf<'claim_task'>,
  context: DecisionContext,
): Decision<ResultOf<'claim_task'>> {
  const { actor, config, now } = context;
  const { paused } = state.meta;
  if (paused !== null) {
    throw new CallerError(
      'paused',
      `${paused.by} paused the federation at ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}.`,
      'Finish or release what you hold; claim again once it is resumed.',
    );
  }
  const fit = fitOf(state, context, actor.name, args.types);
  const named = args.task_id === undefined ? undefined : claimable(state, args.task_id, fit, actor);
  if (named?.status === 'in-progress') {
    // A repeated call, after an answer that was lost on the way.
    return { events: [], result: () => ({ task: named }) };
  }
  refuseBeyondCapacity(state, config, actor.name);
  const claims = agentRecord(state, actor.name).claims;
  const task = named ?? state.index.ready.best(fit, (claims + 1) % fairClaimEvery === 0);
  if (task === undefined) return { events: [], result: () => ({ task: null }) };
  const { leases } = config;
  const lease_minutes = args.lease_minutes ?? leases.lease_minutes;
  return {
    events: [
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
    ],
    result: () => ({ task: existing(state, task.task_id) }),
  };
}

/** What was asked about a task that nobody could take is over. */
function taken(state: FederationState, id: string): FederationEvent[] {
  const inbox_id = state.escalationKeys.get(`routing:${id}`);
  return inbox_id === undefined ? [] : [{ type: 'escalation_closed', inbox_id, how: 'claimed', note: null }];
}

/** Whose ready tasks this participant may take. A person may take any unaddressed one. */
export function fitOf(state: FederationState, { config }: Attendance, name: string, only?: readonly string[]): Fit {
  const agent = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  if (agent === undefined && participantKind(config, name) === null) throw unknownAgent(config, name);
  const standby = Object.entries(config.agents)
    .filter(([other, { fallback }]) => fallback === name && agentRecord(state, other).status === 'standby')
    .map(([other]) => other);
  return {
    own: [name],
    standby,
    types: agent === undefined ? null : new Set(agent.types),
    only: only === undefined ? null : new Set(only),
  };
}

/** Whether a task may be taken by whom this fit describes, ready or not. */
export function fits(task: Pick<Task, 'to_agent' | 'type'>, fit: Fit): boolean {
  if (fit.only !== null && !fit.only.has(task.type ?? '')) return false;
  if (task.to_agent !== null) return fit.own.includes(task.to_agent) || fit.standby.includes(task.to_agent);
  return fit.types === null || task.type === null || fit.types.has(task.type);
}

/** The named task if it may be claimed now, or is held by this very process. */
function claimable(state: FederationState, id: string, fit: Fit, actor: Actor): Task {
  const task = existing(state, id);
  if (task.status === 'in-progress') {
    if (task.lease?.agent === actor.name && task.lease.session === actor.session) return task;
    throw new CallerError(
      'already-claimed',
      `${id} is held by ${task.lease?.agent ?? 'someone'} as attempt ${task.attempt}.`,
      advise`Take the best task for you with ${call('claim_task')}.`,
    );
  }
  if (task.status !== 'pending') throw finishedError(task);
  if (!fits(task, fit)) {
    const addressed =
      task.to_agent === null ? `of the type ${task.type}, which you do not do` : `addressed to ${task.to_agent}`;
    if (fit.only !== null)
      throw invalid('types', `${id} is not of these types`, 'Leave out types when you name a task.');
    throw new CallerError(
      'not-allowed',
      `${id} is ${addressed}.`,
      advise`Take the best task for you with ${call('claim_task')}.`,
    );
  }
  if (!isReady(task))
    throw new CallerError(
      'not-ready',
      `${id} is not ready: ${whyNotReady(task)}.`,
      advise`Take another task, or wait for one, with ${call('claim_task', { wait_seconds: 50 })}.`,
    );
  return task;
}

/** In words, for a pending task. */
export function whyNotReady(task: Task): string {
  if (task.waiting_for.length > 0) return `it waits for ${task.waiting_for.slice(0, 5).join(', ')}`;
  if (task.needs_approval && task.approved_by === null) return 'it waits for approval';
  return `it starts at ${task.starts_at}`;
}

function refuseBeyondCapacity(state: FederationState, config: DecisionConfig, name: string): void {
  const capacity = Object.hasOwn(config.agents, name) ? config.agents[name]?.capacity : undefined;
  const held = state.index.heldBy.get(name);
  if (capacity === undefined || held === undefined || held.size < capacity) return;
  throw new CallerError(
    'limit-reached',
    `${name} holds ${held.size} tasks, its capacity: ${[...held].slice(0, 5).join(', ')}.`,
    'Complete or release one of them first.',
  );
}
