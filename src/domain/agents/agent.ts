import type { AgentName, SessionId, TaskId } from '../names.ts';
import type { Timestamp } from '../time.ts';

export const availabilityStatuses = ['available', 'busy', 'standby', 'offline'] as const;
/**
 * `standby`: not now (a rate limit); the fallback agent may claim its tasks.
 * `busy` and `offline` are told to others and change nothing by themselves.
 */
export type AvailabilityStatus = (typeof availabilityStatuses)[number];

/** What events say of an agent; who it is, is configuration. */
export interface AgentRecord {
  readonly name: AgentName;
  readonly status: AvailabilityStatus;
  readonly reason: string | null;
  /** When it expects to return. */
  readonly until: Timestamp | null;
  /** The runner set it: a program that is missing, not logged in, or at its limit. */
  readonly by_runner: boolean;
  /** Claims ever made; every 8th takes the longest-ready task. */
  readonly claims: number;
  /** What it finished last, and in which session: what it queues soon after may be an answer to that. */
  readonly last_finished: { readonly task_id: TaskId; readonly session: SessionId; readonly at: Timestamp } | null;
  readonly last_client: string | null;
  /** The journal place it was told about at its last `start_session`. */
  readonly seen: number;
}
