/**
 * From scores to one agent: who can take work, whose strategy decides, and the
 * probability with which this choice was made (without which no strategy that
 * was not used could be judged later).
 */
import type { AgentScore, Availability, Method } from './strategies.ts';

/** A method and the share of decisions it makes; shares need not sum to 1. */
export interface Share {
  readonly method: Method;
  readonly share: number;
}

export interface Choice {
  readonly agent: string;
  readonly method: Method;
  readonly explored: boolean;
  /** `Σ share·[method picks agent]·(1 − ε) + ε/n`, n the agents that could take it. */
  readonly probability: number;
}

/** Agents that can take work: with room if any has, else those that are there; empty when nobody is. */
export function candidates(roster: readonly string[], availability: ReadonlyMap<string, Availability>): string[] {
  const there = roster.filter((agent) => {
    const status = availability.get(agent)?.status ?? 'available';
    return status === 'available' || status === 'busy';
  });
  const withRoom = there.filter((agent) => (availability.get(agent)?.free ?? 1) > 0);
  return withRoom.length > 0 ? withRoom : there;
}

/**
 * The best that can take it; the work of an agent on standby goes to its
 * fallback. `there`: everyone who can take work, also who would not be chosen
 * in their own right.
 */
export function pick(
  ranking: readonly AgentScore[],
  able: readonly string[],
  there: readonly string[],
  availability: ReadonlyMap<string, Availability>,
): string | null {
  for (const { agent } of ranking) {
    if (able.includes(agent)) return agent;
    const its = availability.get(agent);
    if (its?.status === 'standby' && its.fallback !== undefined && there.includes(its.fallback)) return its.fallback;
  }
  return null;
}

/**
 * Draws strategy and exploration from one uniform number in [0, 1). The first
 * ε of it explores, evenly over `able`; the rest is divided by the shares.
 * Null when nobody can take it.
 */
export function choose(
  picks: readonly (Share & { readonly agent: string })[],
  able: readonly string[],
  exploration: number,
  uniform: number,
): Choice | null {
  const total = picks.reduce((sum, { share }) => sum + Math.max(0, share), 0);
  if (total <= 0) return null;
  // Where only a fallback is left there is nothing to explore.
  const epsilon = able.length === 0 ? 0 : Math.min(1, Math.max(0, exploration));
  const probability = (agent: string): number => {
    let chosen = 0;
    for (const { agent: picked, share } of picks) if (picked === agent) chosen += Math.max(0, share) / total;
    return chosen * (1 - epsilon) + (able.includes(agent) ? epsilon / able.length : 0);
  };
  const explored = uniform < epsilon;
  // Within its part, the whole number draws the agent and what is left of it the method: the two are independent.
  const place = explored ? (uniform / epsilon) * able.length : 0;
  let rest = (explored ? place % 1 : (uniform - epsilon) / (1 - epsilon)) * total;
  let drawn = picks[picks.length - 1];
  for (const one of picks) {
    rest -= Math.max(0, one.share);
    if (rest < 0) {
      drawn = one;
      break;
    }
  }
  if (drawn === undefined) return null;
  if (!explored) return { agent: drawn.agent, method: drawn.method, explored, probability: probability(drawn.agent) };
  const agent = able[Math.floor(place)] ?? drawn.agent;
  return { agent, method: drawn.method, explored, probability: probability(agent) };
}
