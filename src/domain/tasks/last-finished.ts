import { agentRecord } from '../agents/agent-record.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task } from './task.ts';

/** What whoever holds this task has now finished: the cause of what it queues next. */
export function rememberFinish(state: FederationState, { lease, task_id }: Task): void {
  if (lease === null) return;
  state.agents.set(lease.agent, { ...agentRecord(state, lease.agent), last_finished: task_id });
}
