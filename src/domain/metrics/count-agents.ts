/** What is counted of an agent's presence. */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../names.ts';
import { toMillis } from '../time.ts';

/** An agent that nobody has heard of before is available from now on. */
export function countSeen({ metrics }: FederationState, agent: AgentName, { at }: EventMeta): void {
  const row = metrics.agents.at(agent);
  if (!row.has('since')) row.set('since', toMillis(at));
}

/** The status it had until now ends. */
export function countStatus(state: FederationState, agent: AgentName, { at }: EventMeta): void {
  const row = state.metrics.agents.at(agent);
  const now = toMillis(at);
  row.add(state.agents.get(agent)?.status ?? 'available', Math.max(0, now - row.get('since')));
  row.set('since', now);
  state.touched.measured.add(agent);
}
