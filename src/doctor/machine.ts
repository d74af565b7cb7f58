/** What `fed doctor` knows of the machine. Tests bring another one. */
import { execFile } from 'node:child_process';
import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { promisify } from 'node:util';
import { isWithin } from '../files/within.ts';
import type { Environment } from '../identity/agent-markers.ts';

export interface Mount {
  readonly place: string;
  /** As the system calls the file system: `ext4`, `nfs4`. */
  readonly type: string;
}

export interface Machine {
  /** `v22.1.0`. */
  readonly node: string;
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly mounts: () => Promise<readonly Mount[]>;
  /** Bytes that this user may still write; null: nobody says. */
  readonly freeBytes: (folder: string) => number | null;
}

const run = promisify(execFile);

export const thisMachine: Machine = {
  node: process.version,
  environment: process.env,
  now: Date.now,
  mounts: async () => {
    try {
      if (process.platform === 'linux') return mountsIn(readFileSync('/proc/self/mountinfo', 'utf8'));
      if (process.platform === 'win32') return [];
      const { stdout } = await run('mount', [], { timeout: 5_000 });
      return [...stdout.matchAll(/^.* on (\/.*) \((\w+)/gm)].map(([, place = '', type = '']) => ({ place, type }));
    } catch {
      return [];
    }
  },
  freeBytes: (folder) => {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      return null;
    }
  },
};

/** Of `/proc/self/mountinfo`; later lines lie over earlier ones. */
export function mountsIn(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const place = before.split(' ')[4];
    const type = after.split(' ')[0];
    if (place === undefined || type === undefined || type === '') return [];
    return [
      { place: place.replaceAll(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8))), type },
    ];
  });
}

/** What a folder lies on. */
export function mountOf(folder: string, mounts: readonly Mount[]): Mount | null {
  const real = realpathSync(folder);
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(real, mount.place) && mount.place.length >= (found?.place.length ?? 0)) found = mount;
  }
  return found;
}
