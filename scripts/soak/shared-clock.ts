/**
 * One simulated time for several processes: a file of 16 bytes that the parent
 * writes and everyone reads at each decision. It only goes forward, so no
 * process can ever be behind what another has committed.
 */
import { openSync, readSync, writeSync } from 'node:fs';

export class SharedClock {
  readonly #descriptor: number;

  constructor(path: string, flags: 'r' | 'w+') {
    this.#descriptor = openSync(path, flags);
  }

  set(millis: number): void {
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleLE(millis, 0);
    bytes.writeDoubleLE(millis, 8);
    writeSync(this.#descriptor, bytes, 0, 16, 0);
  }

  readonly now = (): number => {
    const bytes = Buffer.alloc(16);
    for (;;) {
      readSync(this.#descriptor, bytes, 0, 16, 0);
      const millis = bytes.readDoubleLE(0);
      // Twice the same: not caught in the middle of a write.
      if (millis === bytes.readDoubleLE(8)) return millis;
    }
  };
}
