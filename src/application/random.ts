/** Random bytes from a pool: asking the system for 16 at a time takes longer than deciding a command. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const pool = new Uint8Array(4_096);
let used = pool.length;

/** Bytes that nobody else has been or will be given. */
export function random(bytes: number): Uint8Array {
  if (bytes > pool.length) return randomFillSync(new Uint8Array(bytes));
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const given = pool.slice(used, used + bytes);
  // What was given out is in nobody's reach here any more.
  pool.fill(0, used, used + bytes);
  used += bytes;
  return given;
}

/** The id of a command: a uuid v7. */
export function commandId(): string {
  return v7({ rng: () => random(16) });
}
