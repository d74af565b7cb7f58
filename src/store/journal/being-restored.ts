/**
 * While a restore puts another journal in place, there may be none for a moment: the folder `restoring` says so, and
 * keeps everybody from beginning a new one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export function restoringFolder(dir: string): string {
  return join(dir, 'restoring');
}

export function isBeingRestored(dir: string): boolean {
  return existsSync(restoringFolder(dir));
}
