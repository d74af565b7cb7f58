/** What a benchmark is here: one file of `bench/rows/`, giving one or two measurements. */
import type { Lab } from './lab.ts';

export interface Measurement {
  readonly what: string;
  readonly measured: number;
  /** `×` where it is a ratio of two things measured in the same run. */
  readonly unit: '×' | 'ms' | 'MB' | 'KB';
  readonly target: number;
  readonly met: 'at most' | 'at least';
  /** What the number is made of, in words. */
  readonly detail: string;
  /** The middle half of what the rounds gave, where there were rounds. */
  readonly spread?: readonly [low: number, high: number];
}

/** How much is measured: a whole run, or a minute's look. */
export interface Effort {
  readonly quick: boolean;
  /** As many as given, or a third of it and at least three. */
  rounds(whole: number): number;
}

export function effort(quick: boolean): Effort {
  return { quick, rounds: (whole) => (quick ? Math.max(3, Math.round(whole / 3)) : whole) };
}

export interface Row {
  /** As `npm run bench -- NAME` takes it. */
  readonly name: string;
  readonly measure: (lab: Lab, effort: Effort) => Promise<readonly Measurement[]>;
  /** Takes most of a minute by itself: left out of a quick run. */
  readonly slow?: true;
}

export function isMet({ measured, target, met }: Measurement): boolean {
  return met === 'at most' ? measured <= target : measured >= target;
}

export function shown(value: number, unit: Measurement['unit']): string {
  return value.toFixed(unit === 'MB' || value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
