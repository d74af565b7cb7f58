/** What may be wrong with the clocks. */
import { day, hour, minute } from '../time.ts';

/**
 * apart   two processes are alone, and their clocks too far from each other
 * ahead   the journal was written by a clock that was ahead: time stands still until the clocks are there
 */
export interface ClockTrouble {
  readonly kind: 'apart' | 'ahead';
  readonly milliseconds: number;
  /** There was an item about it; an answered one is not opened again while it lasts. */
  readonly isTold: boolean;
}

export const clockKinds = ['apart', 'ahead'] as const;

export function clockKey(kind: ClockTrouble['kind']): string {
  return `clock:${kind}`;
}

/** `3 min`, `2 h`, `5 days` */
export function span(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < 90 * minute) return `${Math.max(1, Math.round(length / minute))} min`;
  return length < 2 * day ? `${Math.round(length / hour)} h` : `${Math.round(length / day)} days`;
}
