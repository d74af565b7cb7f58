/**
 * What a run of each agent costs on work of a type, in dollars, as its program said of past runs: the mean, where
 * enough of them had a price to tell.
 */
import type { FederationState } from '../federation-state.ts';
import { costParts, pairKey } from '../metrics/metrics.ts';
import type { AgentName } from '../names.ts';

/** Runs with a price below which nothing is said: one long task must not make an agent dear. */
const leastPriced = 3;

/** @param type `null`: over all work of an agent */
export function meanCosts(
  { metrics }: FederationState,
  agents: readonly AgentName[],
  type: string | null,
): Map<AgentName, number> {
  const costs = new Map<AgentName, number>();
  for (const agent of agents) {
    const row = metrics.runs.get(type === null ? agent : pairKey(agent, type));
    const priced = row?.get('priced') ?? 0;
    if (row !== undefined && priced >= leastPriced) costs.set(agent, row.get('cost') / costParts / priced);
  }
  return costs;
}
