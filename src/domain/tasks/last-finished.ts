import { agentRecord } from '../agents/agent-record.ts';
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task } from './task.ts';

/** Whoever holds this task has finished it now, in this session. */
export function rememberFinish(state: FederationState, { lease, task_id }: Task, { at }: EventMeta): void {
  if (lease === null) return;
  const { agent, session } = lease;
  state.agents.set(agent, { ...agentRecord(state, agent), last_finished: { task_id, session, at } });
}
