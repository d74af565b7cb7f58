/** Figures from what was counted: rates with their intervals, minutes, shares. Rounded, since agents and people read them. */
import { betaQuantile } from '../domain/routing/beta.ts';
import { countsOf } from '../domain/routing/bonuses.ts';
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
  /** Of the completions: those that checks proved. */
  readonly verified_share: number | null;
  /** Of the successes that checks looked at: those that they did not find to be one. */
  readonly false_done: number | null;
  readonly mean_minutes: number | null;
  readonly median_minutes: number | null;
}

/** Of one row, or of several added up. */
export function figuresOf({ pairs, durations }: Metrics, keys: readonly string[]): Figures {
  const row = sumOf<PairField>(pairs, keys);
  const { successes, failures } = countsOf(row);
  const count = successes + failures;
  const timed = row.get('timed');
  const mean = timed === 0 ? null : row.get('duration') / timed;
  // Of one or two the median is the mean, which is exact.
  const median = timed > 2 ? medianOf(sumOf(durations, keys)) : mean;
  return {
    count,
    successes,
    success_rate: ratio(successes, count),
    interval: intervalOf(successes, failures),
    rework_rate: ratio(row.get('sent_back'), count),
    verified_share: ratio(row.get('verified'), successes + row.get('sent_back')),
    false_done: ratio(row.get('false_done'), row.get('verified') + row.get('false_done')),
    mean_minutes: mean === null ? null : minutesOf(mean),
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

/** Whole minutes from 10 on, tenths from 1 on, hundredths below: what is shown and what is exported is one number. */
export function minutesOf(milliseconds: number): number {
  const minutes = milliseconds / minute;
  const parts = minutes < 1 ? 100 : minutes < 10 ? 10 : 1;
  return Math.round(minutes * parts) / parts;
}

/** How long something has waited: whole minutes, never more than have passed. */
export function waitedMinutes(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / minute));
}
