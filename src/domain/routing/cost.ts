/**
 * Where runs cost something, an agent that is nearly as likely to do the work well may be preferred because it is
 * cheaper. The costs come from what runs were measured to cost; an agent without one is neither preferred nor passed
 * over.
 */
import type { AgentName } from '../names.ts';

export interface Contender {
  readonly agent: AgentName;
  /** That it will do the work well, 0 to 1. */
  readonly confidence: number;
}

/** A preference that was made. */
export interface CheaperChoice {
  readonly agent: AgentName;
  readonly cost: number;
  /** Who would have come first. */
  readonly instead_of: AgentName;
  readonly its_cost: number;
  /** By how much that agent was likelier to do it well. */
  readonly given_up: number;
}

/** Differences smaller than this are rounding. */
const tolerance = 1e-9;

/**
 * The cheapest of those whose probability is within `margin` of the first one's, where that is cheaper than the first
 * one; of equally cheap ones the likelier. `null`: the first one stays.
 *
 * @param contenders best first; only those who can take the work
 * @param costs mean cost of a run by agent, in one currency
 */
export function cheaperWithin(
  contenders: readonly Contender[],
  costs: ReadonlyMap<AgentName, number>,
  margin: number,
): CheaperChoice | null {
  const [first, ...others] = contenders;
  const itsCost = first === undefined ? undefined : costs.get(first.agent);
  if (first === undefined || itsCost === undefined) return null;
  let cheapest: CheaperChoice | null = null;
  for (const { agent, confidence } of others) {
    const cost = costs.get(agent);
    const given_up = first.confidence - confidence;
    if (cost === undefined || cost >= (cheapest?.cost ?? itsCost) || given_up > margin + tolerance) continue;
    cheapest = { agent, cost, instead_of: first.agent, its_cost: itsCost, given_up: Math.max(0, given_up) };
  }
  return cheapest;
}
