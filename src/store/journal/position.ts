import type { Position } from '../event-store.ts';

/** A position, and the era of the journal in which it was acknowledged. */
export interface Acknowledged {
  readonly position: Position;
  /** The hash of the accepted loss that it came after; null: there was none. */
  readonly era: string | null;
}

/** Whether something parsed is a position. */
export function isPosition(value: unknown): value is Position {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seq' in value &&
    Number.isSafeInteger(value.seq) &&
    'hash' in value &&
    typeof value.hash === 'string' &&
    /^[0-9a-f]{32}$/.test(value.hash)
  );
}
