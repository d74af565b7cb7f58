/** What a program says that others may kill: written at once, so that a kill right after it cannot keep it back. */
import { writeSync } from 'node:fs';
import { errorCode } from './error-code.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Waits for a reader that is slow: a full pipe takes nothing. */
export function say(text: string): void {
  for (let left = Buffer.from(text); left.length > 0;) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
