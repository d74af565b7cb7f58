/** What runs cost: minutes, tokens and money, by agent and type. */
import type { FederationState } from '../domain/federation-state.ts';
import type { CounterRow } from '../domain/metrics/counters.ts';
import { costParts, pairOf, type RunField } from '../domain/metrics/metrics.ts';
import { minute } from '../domain/time.ts';

export interface RunCost {
  readonly agent: string;
  /** `null`: work without a type, and ballots. */
  readonly type: string | null;
  readonly runs: number;
  readonly minutes: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Dollars, over the runs whose program says so; `null`: none does. */
  readonly cost_usd: number | null;
  readonly priced_runs: number;
}

export interface CostView {
  readonly items: readonly RunCost[];
  readonly total: Omit<RunCost, 'agent' | 'type'>;
}

export function costView({ metrics }: FederationState): CostView {
  const items = [...metrics.runs.entries()].flatMap(([key, row]): RunCost[] => {
    const pair = pairOf(key);
    return pair === null ? [] : [{ ...pair, ...figuresOf(row) }];
  });
  const sum = (field: 'runs' | 'minutes' | 'input_tokens' | 'output_tokens' | 'priced_runs'): number =>
    Math.round(items.reduce((total, item) => total + item[field], 0) * 100) / 100;
  const priced = items.flatMap(({ cost_usd }) => (cost_usd === null ? [] : [cost_usd]));
  return {
    items: items.toSorted((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.minutes - a.minutes),
    total: {
      runs: sum('runs'),
      minutes: sum('minutes'),
      input_tokens: sum('input_tokens'),
      output_tokens: sum('output_tokens'),
      cost_usd: priced.length === 0 ? null : dollars(priced.reduce((total, cost) => total + cost, 0)),
      priced_runs: sum('priced_runs'),
    },
  };
}

function figuresOf(row: CounterRow<RunField>): Omit<RunCost, 'agent' | 'type'> {
  const priced_runs = row.get('priced');
  return {
    runs: row.get('runs'),
    minutes: Math.round((row.get('time') / minute) * 100) / 100,
    input_tokens: row.get('input_tokens'),
    output_tokens: row.get('output_tokens'),
    cost_usd: priced_runs === 0 ? null : dollars(row.get('cost') / costParts),
    priced_runs,
  };
}

function dollars(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
