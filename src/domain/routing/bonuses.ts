/** The bonuses that optimization has put in force, by agent and type, and what they rest on. */
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../names.ts';
import { betaQuantile } from './beta.ts';
import type { Bonus, BonusChange } from './bonus.ts';
import { evidenceBonus, leastOutcomes, planBonus, type OutcomeCounts } from './bonus-rules.ts';
import type { CounterRow } from '../metrics/counters.ts';
import { type PairField, pairKey, pairOf } from '../metrics/metrics.ts';

type BonusTable = ReadonlyMap<string | null, ReadonlyMap<AgentName, number>>;
const tables = new WeakMap<readonly Bonus[], BonusTable>();
const none: ReadonlyMap<AgentName, number> = new Map();

/** In force for `v1` and `learned` on tasks of this type, by agent; an agent without one is left out. */
export function bonusesFor({ optimization }: FederationState, type: string | null): ReadonlyMap<AgentName, number> {
  const { bonuses } = optimization;
  let table = tables.get(bonuses);
  if (table === undefined) {
    const made = new Map<string | null, Map<AgentName, number>>();
    for (const { agent, type: its, bonus } of bonuses) {
      made.set(its, (made.get(its) ?? new Map<AgentName, number>()).set(agent, bonus));
    }
    table = made;
    tables.set(bonuses, table);
  }
  return table.get(type) ?? none;
}

/** The plan's bonus of `v2`, from what was counted until now; where no type is named, over all types. */
export function planBonusesFor({ metrics }: FederationState, type: string | null): ReadonlyMap<AgentName, number> {
  const bonuses = new Map<AgentName, number>();
  for (const [key, overall] of metrics.pairs.entries()) {
    if (pairOf(key) !== null) continue;
    bonuses.set(key, planBonus(countsOf(type === null ? overall : metrics.pairs.get(pairKey(key, type)))));
  }
  return bonuses;
}

/** Work that was sent back is no success. */
export function countsOf(row: CounterRow<PairField> | undefined): OutcomeCounts {
  if (row === undefined) return { successes: 0, failures: 0 };
  return { successes: row.get('successes'), failures: row.get('failures') + row.get('sent_back') };
}

/**
 * Every pair with more than 5 outcomes, or with a bonus, by agent and type. Agents that have left the roster lose
 * theirs.
 */
export function planOptimization(state: FederationState, roster: ReadonlySet<AgentName>): BonusChange[] {
  const pairs = new Map<string, { agent: AgentName; type: string | null }>();
  for (const key of state.metrics.pairs.keys()) {
    const pair = pairOf(key);
    if (pair !== null && roster.has(pair.agent)) pairs.set(key, pair);
  }
  for (const { agent, type } of state.optimization.bonuses) pairs.set(pairKey(agent, type), { agent, type });
  const changes = [...pairs].flatMap(([key, { agent, type }]): BonusChange[] => {
    const counts = countsOf(state.metrics.pairs.get(key));
    const before = bonusesFor(state, type).get(agent) ?? 0;
    if (before === 0 && counts.successes + counts.failures <= leastOutcomes) return [];
    return [withEvidence(state, agent, type, before, roster.has(agent) ? evidenceBonus(counts) : 0)];
  });
  return changes.sort(byPair);
}

/** Where two tables differ, with the evidence of today. */
export function differences(
  state: FederationState,
  before: readonly Bonus[],
  after: readonly Bonus[],
): readonly BonusChange[] {
  const changes = new Map<string, BonusChange>();
  const bonusIn = (table: readonly Bonus[], of: Bonus): number =>
    table.find(({ agent, type }) => agent === of.agent && type === of.type)?.bonus ?? 0;
  for (const one of [...before, ...after]) {
    const [from, to] = [bonusIn(before, one), bonusIn(after, one)];
    if (from === to) continue;
    changes.set(pairKey(one.agent, one.type), withEvidence(state, one.agent, one.type, from, to));
  }
  return [...changes.values()].sort(byPair);
}

function withEvidence(
  state: FederationState,
  agent: AgentName,
  type: string | null,
  before: number,
  after: number,
): BonusChange {
  const counts = countsOf(state.metrics.pairs.get(pairKey(agent, type)));
  const quantile = (p: number): number => betaQuantile(p, 1 + counts.successes, 1 + counts.failures);
  return { agent, type, ...counts, low: quantile(0.1), high: quantile(0.9), before, after };
}

function byPair(a: BonusChange, b: BonusChange): number {
  return pairKey(a.agent, a.type) < pairKey(b.agent, b.type) ? -1 : 1;
}

/** Their metrics show it. */
export function touchMeasured({ touched }: FederationState, ...tables: readonly (readonly Bonus[])[]): void {
  for (const { agent } of tables.flat()) touched.measured.add(agent);
}
