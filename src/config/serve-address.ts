/**
 * Where `fed serve` of a federation is reached, for `fed start` and `fed status` on the same machine. The file is
 * touched while the server runs; one that has not been for a while was left by a process that was killed.
 */
import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularSync } from '../files/regular-file.ts';
import { writeWhole } from '../files/write-whole.ts';

const file = 'serve-address';
export const touchMs = 2_000;
const staleMs = 10_000;

function pathIn(folder: string): string {
  return join(folder, file);
}

/** Says that a server answers at this URL; gives what to call every `touchMs`, and what to call at its end. */
export function announceAddress(folder: string, url: string): { readonly touch: () => void; readonly end: () => void } {
  const path = pathIn(folder);
  const announce = (): bigint => {
    writeWhole(path, `${url}\n`);
    return statSync(path, { bigint: true }).ino;
  };
  let own = announce();
  const standing = () => statSync(path, { bigint: true, throwIfNoEntry: false });
  return {
    touch: () => {
      const now = new Date();
      try {
        const there = standing();
        if (there?.ino === own) utimesSync(path, now, now);
        // Another server of the same federation had taken the place, and is gone.
        else if (there === undefined || now.getTime() - Number(there.mtimeMs) > staleMs) own = announce();
      } catch {
        // The folder is away: it is said again once it is back.
      }
    },
    end: () => {
      if (standing()?.ino === own) rmSync(path, { force: true });
    },
  };
}

/** The URL of the server that runs now, on this machine; null: none. */
export function addressOf(folder: string): string | null {
  try {
    const path = pathIn(folder);
    if (Date.now() - statSync(path).mtimeMs > staleMs) return null;
    const url = readRegularSync(path, 1_000).toString().trim();
    return URL.canParse(url) ? url : null;
  } catch {
    return null;
  }
}
