/**
 * A histogram of durations whose buckets grow by 4%, so that one number more costs constant time and a median is right
 * to ±2%, whether it is of seconds or of days (DDSketch: Masson, Rim & Lee 2019).
 */
import type { CounterRow } from './counters.ts';

const growth = Math.log(1.04);

/** The bucket of a duration, as the field it is counted in. */
export function bucketOf(milliseconds: number): string {
  return String(Math.round(Math.log(Math.max(1, milliseconds)) / growth));
}

/** In milliseconds; `null`: nothing was counted. Of an even count, the mean of the two in the middle. */
export function medianOf(histogram: CounterRow | undefined): number | null {
  const buckets = [...(histogram?.entries() ?? [])]
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const at = (place: number): number => {
    let seen = 0;
    const found = buckets.find(([, count]) => (seen += count) > place);
    return Math.exp((found?.[0] ?? 0) * growth);
  };
  return (at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2;
}
