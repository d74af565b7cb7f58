import { readFileSync } from 'node:fs';

/** The value below which this share of the values lies. `share` 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('Expected values to take a quantile of, got none');
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The median of what the rounds gave, and the middle half of it. */
export function middleOf(values: readonly number[]): {
  readonly measured: number;
  readonly spread: readonly [number, number];
} {
  return { measured: median(values), spread: [quantile(values, 0.25), quantile(values, 0.75)] };
}

/** How long it takes, in ms. */
export async function timed(call: () => unknown): Promise<number> {
  const begun = performance.now();
  await call();
  return performance.now() - begun;
}

/** How long each call takes, one after another, in ms. */
export async function timeEach(count: number, call: (n: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push(await timed(() => call(n)));
  return times;
}

/** Calls a second with so many in flight all the time. */
export async function rateOf(count: number, inFlight: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (count * 1_000) / (performance.now() - begun);
}

/**
 * How long the main thread has been on a processor, in ms: a busy machine does
 * not stretch it. Where the system does not say, the time that has passed.
 */
export function processorMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}
