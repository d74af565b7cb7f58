/** Which tasks a participant may take, and which of them are not handed to it though it may. */
import { agentRecord } from '../agents/agent-record.ts';
import { type Attendance, isThere } from '../agents/attendance.ts';
import type { DecisionConfig } from '../decision-config.ts';
import type { FederationState } from '../federation-state.ts';
import { participantKind } from '../participants.ts';
import { minute, type Timestamp, toMillis } from '../time.ts';
import { needsRoom, overlap } from './paths.ts';
import { isReady } from './readiness.ts';
import { comparePlaces, type Fit, fitsLane, placeOf } from './claiming-order.ts';
import { type AgentName, priorities, type Task } from './task.ts';
import { unknownAgent } from './validate-request.ts';

/** What somebody gave back comes to it again no sooner than this, and only where nobody else may take it. */
export const comesBackAfter = 10 * minute;

/** What this participant may take: a person any unaddressed task. @throws CallerError `unknown-agent` */
export function fitOf(state: FederationState, attendance: Attendance, name: AgentName, only?: readonly string[]): Fit {
  const { config } = attendance;
  if (participantKind(config, name) === null) throw unknownAgent(config, name);
  return {
    ...mayTake(state, config, name),
    only: only === undefined ? null : new Set(only),
    skips: (task) => isPutOff(state, attendance, name, task) || waitsBehind(state, task, attendance.now) !== undefined,
  };
}

/** By roster and types alone. */
export function mayTake(state: FederationState, config: DecisionConfig, name: AgentName): Fit {
  const agent = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  const standby = Object.entries(config.agents)
    .filter(([other, { fallback }]) => fallback === name && agentRecord(state, other).status === 'standby')
    .map(([other]) => other);
  return {
    own: [name],
    standby,
    types: agent === undefined ? null : new Set(agent.types),
    harmless: agent?.read_only === true ? new Set(config.read_only_types) : null,
    only: null,
    skips: null,
  };
}

/** Whether a task may be taken by whom this fit describes, ready or not. */
export function fits({ to_agent, type }: Pick<Task, 'to_agent' | 'type'>, fit: Fit): boolean {
  return fitsLane(fit, to_agent ?? '', type ?? '');
}

/**
 * It gave the task back, and somebody else who is there may take it, or that was a moment ago. Whoever gave it back
 * too counts for nobody else: the task would go to none of them.
 */
export function isPutOff(state: FederationState, attendance: Attendance, name: AgentName, task: Task): boolean {
  const own = task.given_back.findLast(({ agent }) => agent === name);
  if (own === undefined) return false;
  if (toMillis(attendance.now) < toMillis(own.at) + comesBackAfter) return true;
  return Object.keys(attendance.config.agents).some(
    (other) =>
      other !== name &&
      !task.given_back.some(({ agent }) => agent === other) &&
      isThere(state, other, attendance) &&
      fits(task, mayTake(state, attendance.config, other)),
  );
}

/** What could start but for a task in hand holds back, after this time, what came later and needs the same. */
const patientFor = 15 * minute;

/**
 * An earlier task of no lower priority that waits for the same files or things and has waited long: were this one
 * claimed first, that one might wait for ever.
 */
export function waitsBehind(state: FederationState, task: Task, now: Timestamp): Task | undefined {
  if (!needsRoom(task)) return undefined;
  const since = toMillis(now) - patientFor;
  for (const waiting of state.index.inUse.waiting()) {
    if (!isReady(waiting) || waiting.ready_since === null || toMillis(waiting.ready_since) > since) continue;
    if (priorities.indexOf(waiting.priority) < priorities.indexOf(task.priority)) continue;
    if (comparePlaces(placeOf(waiting), placeOf(task)) < 0 && overlap(waiting, task)) return waiting;
  }
  return undefined;
}
