import type { Position } from '../event-store.ts';

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
