import type { FederationState } from '../federation-state.ts';
import type { AgentRecord } from './agent.ts';

/** An agent nobody has heard of yet is available. */
export function agentRecord(state: FederationState, name: string): AgentRecord {
  return (
    state.agents.get(name) ?? {
      name,
      status: 'available',
      reason: null,
      until: null,
      by_runner: false,
      claims: 0,
      last_finished: null,
      last_client: null,
      seen: 0,
    }
  );
}
