import { toMillis } from '../domain/time.ts';

const mostMs = 2_000;

/**
 * The time of a record: raised to that of the record before where the clock
 * lags behind it by at most 2 s. A larger step back stands as it is; the
 * domain records it as an event.
 */
export function keepPace(at: string, previous: string | undefined): string {
  if (!previous || at >= previous) return at;
  const lag = toMillis(previous) - toMillis(at);
  return lag <= mostMs ? previous : at;
}
