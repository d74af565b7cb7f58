/**
 * seen   said of an agent: it has a living session or a runner, or did something itself within the last 24 hours
 *        (`seen_within_hours`)
 *
 * An agent of the roster that was never connected is available like any other: nobody has said otherwise. Whether to
 * count on it is another question.
 */
import type { DecisionConfig } from '../decision-config.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../names.ts';
import { hour, type Timestamp, toMillis } from '../time.ts';
import { agentRecord } from './agent-record.ts';

/** What is known of who is there when something is decided or shown. */
export interface Attendance {
  readonly now: Timestamp;
  readonly config: DecisionConfig;
  /** Agents with a living session. Asked only where it matters: a process that lives shortly must look first. */
  readonly present: () => ReadonlySet<AgentName>;
}

export function wasSeen(state: FederationState, name: AgentName, { now, config, present }: Attendance): boolean {
  const active = state.activity.get(name);
  if (active !== undefined && active > toMillis(now) - config.seen_within_hours * hour) return true;
  return present().has(name);
}

/** Whether work given to it now will be looked at: seen, and not on standby or offline. */
export function isThere(state: FederationState, name: AgentName, attendance: Attendance): boolean {
  return !isAway(state, name) && wasSeen(state, name, attendance);
}

/** By its own word, or an operator's. */
export function isAway(state: FederationState, name: AgentName): boolean {
  const { status } = agentRecord(state, name);
  return status === 'standby' || status === 'offline';
}
