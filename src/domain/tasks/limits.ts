/** Guards against runaway work. They bound what agents and rules queue, never what a person does. */
import { agentRecord } from '../agents/agent-record.ts';
import type { Actor, DecisionContext } from '../commands.ts';
import type { DecisionConfig } from '../decision-config.ts';
import type { Deliberation, EscalationRequest } from '../deliberation.ts';
import { OperatorError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { participantKind } from '../participants.ts';
import { minute, toMillis } from '../time.ts';
import type { AgentName, Cause, Task, TaskId } from './task.ts';

/** Work that is queued within this time of finishing other work may be an answer to it. */
const answersWithin = 10 * minute;

/**
 * What a task that this actor queues now is caused by: the task its process holds (the one claimed last), else what the
 * process finished lately, where another agent or a rule had queued that. Anything else begins a chain: an agent's own
 * chores, one after another, are none, and two agents that answer each other's work by new work are one.
 */
export function causeOf(state: FederationState, context: DecisionContext): Cause {
  const { actor } = context;
  if (actor.kind !== 'agent') return { kind: 'person', by: actor.name, task_id: null, depth: 0 };
  const cause = heldByProcess(state, actor) ?? answeredBy(state, context);
  return {
    kind: 'agent',
    by: actor.name,
    task_id: cause?.task_id ?? null,
    depth: cause === undefined ? 0 : cause.caused_by.depth + 1,
  };
}

function answeredBy(state: FederationState, { actor, now, config }: DecisionContext): Task | undefined {
  const { name, session } = actor;
  const last = agentRecord(state, name).last_finished;
  if (last === null || last.session !== session || toMillis(now) > toMillis(last.at) + answersWithin) return undefined;
  const task = state.tasks.get(last.task_id);
  if (task === undefined) return undefined;
  const { kind, by } = task.caused_by;
  return kind === 'rule' || (by !== name && participantKind(config, by) === 'agent') ? task : undefined;
}

function heldByProcess(state: FederationState, actor: Actor): Task | undefined {
  let latest: Task | undefined;
  for (const id of state.index.heldBy.get(actor.name) ?? []) {
    const task = state.tasks.get(id);
    if (task?.lease == null || task.lease.session !== actor.session) continue;
    if (latest?.lease == null || task.lease.claimed_at >= latest.lease.claimed_at) latest = task;
  }
  return latest;
}

/** The tasks that led to `cause`, oldest first, at most 20. */
export function chainOf(state: FederationState, cause: Pick<Cause, 'task_id'>): TaskId[] {
  const chain: TaskId[] = [];
  for (let id = cause.task_id; id !== null && chain.length < 20; id = state.tasks.get(id)?.caused_by.task_id ?? null) {
    chain.unshift(id);
  }
  return chain;
}

export function automaticLastHour(state: FederationState, now: string): number {
  const from = Math.floor(toMillis(now) / minute) - 60;
  return state.meta.automatic.reduce((sum, [when, count]) => (when > from ? sum + count : sum), 0);
}

/** A limit that queueing would pass: what the operator is asked, and what the caller is told. */
export interface LimitHit {
  readonly escalation: EscalationRequest;
  /** Of the escalation, while it is open. */
  readonly key: string;
  readonly next: string;
}

/** Refuses, and escalates, when queueing `adding` would pass a limit; null where all is well. */
export function limitReached(
  deliberation: Deliberation,
  cause: Cause,
  adding: ReadonlyMap<AgentName | null, number>,
): OperatorError | null {
  const hit = limitHit(deliberation, cause, adding);
  if (hit === null) return null;
  deliberation.escalate(hit.escalation);
  return new OperatorError('limit-reached', hit.escalation.title, hit.next);
}

/** The limit that queueing `adding` (addressee → how many) would pass, or null. */
export function limitHit(
  { state, context }: Deliberation,
  cause: Cause,
  adding: ReadonlyMap<AgentName | null, number>,
): LimitHit | null {
  const { limits } = context.config;
  if (cause.kind === 'person' || cause.kind === 'import') return null;
  const stop = (about: string, title: string, next: string): LimitHit => ({
    escalation: {
      kind: 'limit',
      about,
      title,
      detail: `Reached by ${cause.by}.`,
      task_id: cause.task_id,
      chain: chainOf(state, cause),
    },
    key: `limit:${about}`,
    next,
  });
  if (cause.depth > limits.chain_depth) {
    return stop(
      `chain_depth:${cause.by}`,
      `The chain of tasks would be ${cause.depth} deep; the limit is ${limits.chain_depth}.`,
      `Finish what you hold without queueing more; ${context.config.operator} has been asked.`,
    );
  }
  let total = 0;
  for (const [addressee, count] of adding) {
    total += count;
    const open = (addressee === null ? 0 : (state.index.openByAddressee.get(addressee) ?? 0)) + count;
    if (addressee !== null && open > limits.open_per_agent) {
      return stop(
        `open_per_agent:${addressee}`,
        `${addressee} would have ${open} open tasks; the limit is ${limits.open_per_agent}.`,
        `Wait until ${addressee} has finished some, or address another agent; ${context.config.operator} has been asked.`,
      );
    }
  }
  const automatic = automaticLastHour(state, context.now) + total;
  if (automatic > limits.automatic_per_hour) {
    return stop(
      'automatic_per_hour',
      `Agents and rules would have queued ${automatic} tasks within an hour; the limit is ${limits.automatic_per_hour}.`,
      `Queue it later; ${context.config.operator} has been asked.`,
    );
  }
  return null;
}

/**
 * Whether there is room again below the limit of an escalation's `key`, by a
 * fifth, so that a queue at its limit does not ask every minute. A chain that
 * grew too deep stays to be looked at: nothing about it changes by itself.
 */
export function hasRoomAgain(state: FederationState, config: DecisionConfig, key: string, now: string): boolean {
  const { open_per_agent, automatic_per_hour } = config.limits;
  if (key === 'limit:automatic_per_hour') return automaticLastHour(state, now) <= automatic_per_hour * 0.8;
  const addressee = /^limit:open_per_agent:(.+)$/.exec(key)?.[1];
  if (addressee === undefined) return false;
  return (state.index.openByAddressee.get(addressee) ?? 0) <= open_per_agent * 0.8;
}
