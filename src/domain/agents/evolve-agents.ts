import type { EventMeta } from '../evolve.ts';
import type { AgentEvent } from '../events.ts';
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
      claims: 0,
      last_finished: null,
      last_client: null,
      seen: 0,
      last_active: null,
    }
  );
}

export function evolveAgent(state: FederationState, event: AgentEvent, meta: EventMeta): void {
  const agent = agentRecord(state, event.agent);
  switch (event.type) {
    case 'availability_set':
      state.agents.set(agent.name, { ...agent, status: event.status, reason: event.reason, until: event.until });
      return;
    case 'session_started':
      state.agents.set(agent.name, { ...agent, last_client: event.client, seen: event.seen, last_active: meta.at });
      return;
  }
}
