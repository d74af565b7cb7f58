/**
 * Folders that belong to one process and go with it: temporary ones, and checkouts for checks. Their names say whose they
 * are, so that the next process finds what a killed one left.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processStart } from './process-table.ts';

/** Of containers that share a folder, none must take another's living processes for dead. */
const here = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const owned = new RegExp(`^(?:fed-(?:check|save)-)?${here}-(\\d+)-`);

/** The start of a name that is this process's. */
export function ownName(pid: number = process.pid): string {
  return `${here}-${pid}-`;
}

export function makeTemporary(kind: 'check' | 'save'): string {
  return mkdtempSync(join(tmpdir(), `fed-${kind}-${ownName()}`));
}

/** It was made by a process of this machine that is gone. */
export function isOrphan(name: string): boolean {
  const pid = owned.exec(name)?.[1];
  return pid !== undefined && processStart(Number(pid)) === null;
}
