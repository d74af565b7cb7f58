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
}

export interface Row {
  /** As `npm run bench -- NAME` takes it. */
  readonly name: string;
  readonly measure: (lab: Lab) => Promise<readonly Measurement[]>;
}

export function isMet({ measured, target, met }: Measurement): boolean {
  return met === 'at most' ? measured <= target : measured >= target;
}
