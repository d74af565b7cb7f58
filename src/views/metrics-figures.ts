/** Figures from what was counted: rates with their intervals, minutes, shares. Rounded, since agents and people read them. */
import { betaQuantile } from '../domain/routing/beta.ts';
import { tallyOf } from '../domain/routing/bonuses.ts';
import { CounterRow, type Counters } from '../domain/metrics/counters.ts';
import { medianOf } from '../domain/metrics/histogram.ts';
import type { Metrics, PairField } from '../domain/metrics/metrics.ts';
import { UndoLog } from '../domain/table.ts';
import { minute } from '../domain/time.ts';

export interface Figures {
  /** Attempts that ended in success or failure. */
  readonly count: number;
  /** Not sent back later. */
  readonly successes: number;
  /** 0 to 1; `null` where there is nothing to divide, as everywhere here. */
  readonly success_rate: number | null;
  /** 95% of what is believed of the rate: quantiles of Beta(1 + successes, 1 + others). */
  readonly interval: readonly [low: number, high: number] | null;
  readonly rework_rate: number | null;
  readonly mean_minutes: number | null;
  readonly median_minutes: number | null;
}

/** Of one row, or of several added up. */
export function figuresOf({ pairs, durations }: Metrics, keys: readonly string[]): Figures {
  const row = sumOf<PairField>(pairs, keys);
  const { successes, failures } = tallyOf(row);
  const count = successes + failures;
  const timed = row.get('timed');
  const median = medianOf(sumOf(durations, keys));
  return {
    count,
    successes,
    success_rate: ratio(successes, count),
    interval: intervalOf(successes, failures),
    rework_rate: ratio(row.get('sent_back'), count),
    mean_minutes: timed === 0 ? null : minutesOf(row.get('duration') / timed),
    median_minutes: median === null ? null : minutesOf(median),
  };
}

/** A row of its own: nothing here counts on. */
function sumOf<Field extends string>(table: Counters<string, Field>, keys: readonly string[]): CounterRow<Field> {
  const [only] = keys;
  const row = keys.length === 1 && only !== undefined ? table.get(only) : undefined;
  if (row !== undefined) return row;
  const sum = new Map<string, number>();
  for (const key of keys) {
    for (const [field, value] of table.get(key)?.entries() ?? []) sum.set(field, (sum.get(field) ?? 0) + value);
  }
  return new CounterRow<Field>(new UndoLog(), sum);
}

export function intervalOf(successes: number, failures: number): readonly [number, number] | null {
  if (successes + failures === 0) return null;
  const quantile = (p: number): number => rounded(betaQuantile(p, 1 + successes, 1 + failures));
  return [quantile(0.025), quantile(0.975)];
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole);
}

/** To thousandths. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** To tenths of a minute; what is shorter than ten, to hundredths. */
export function minutesOf(milliseconds: number): number {
  const minutes = milliseconds / minute;
  const parts = minutes < 10 ? 100 : 10;
  return Math.round(minutes * parts) / parts;
}
