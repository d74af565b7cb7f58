/** How much of an agent may run: how many at once, an hour and a day, and for how much money. */
import type { RunLimits } from '../decision-config.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../names.ts';
import { day, fromMillis, hour, type Timestamp, toMillis } from '../time.ts';
import type { Run } from './run.ts';

export interface RunLimit {
  readonly why: string;
  /** From when on there is room again by the clock alone; `null`: when a run ends. */
  readonly until: Timestamp | null;
}

/** The limit that a further run would pass, or null. */
export function runLimit(
  state: FederationState,
  agent: AgentName,
  limits: RunLimits,
  now: Timestamp,
  others: (run: Run) => boolean = () => true,
): RunLimit | null {
  const runs = [...state.runs.values()].filter((run) => run.agent === agent && others(run));
  const inHand = runs.filter(({ status }) => status !== 'ended').length;
  if (inHand >= limits.concurrency) return { why: `${inHand} running, its concurrency`, until: null };
  const since = (time: number): Run[] => runs.filter(({ planned_at }) => toMillis(planned_at) > toMillis(now) - time);
  const [hourly, daily] = [since(hour), since(day)];
  if (hourly.length >= limits.runs_per_hour) {
    return { why: `${hourly.length} runs within an hour, its limit`, until: after(hourly, limits.runs_per_hour, hour) };
  }
  if (daily.length >= limits.runs_per_day) {
    return { why: `${daily.length} runs within a day, its limit`, until: after(daily, limits.runs_per_day, day) };
  }
  if (limits.cost_per_day === null) return null;
  const spent = daily.reduce((sum, { usage }) => sum + (usage?.cost_usd ?? 0), 0);
  if (spent < limits.cost_per_day) return null;
  return { why: `$${spent.toFixed(2)} spent within a day, its limit`, until: after(daily, daily.length, day) };
}

/** When so few are left within the time that one more fits. */
function after(runs: readonly Run[], limit: number, time: number): Timestamp | null {
  const leaves = runs[runs.length - limit];
  return leaves === undefined ? null : fromMillis(toMillis(leaves.planned_at) + time);
}
