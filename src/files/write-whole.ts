import { closeSync, fchmodSync, fsyncSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { v4 as randomId } from 'uuid';
import { diskFiles } from './file-layer.ts';
import { createOwn } from './modes.ts';

/** Nothing takes this long to write. */
const staleTemporaryMs = 60 * 60 * 1_000;
/** People have files that end in `.tmp`, too. */
const ours = /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Replaces a file durably and all at once: unique temporary name, fsync,
 * rename, folder fsync. A reader sees the old file or the new one, whatever
 * happens. Its permissions stay; a new file is its owner's alone, unless `make`
 * makes it otherwise. Where the disk is full nothing is replaced
 * and nothing is left behind.
 *
 * `write-file-atomic` and `atomically` do not look at how much was written: on
 * a full disk they put a file that was cut off in the place of the good one
 * (docs/decisions/0004-libraries.md).
 */
export function writeWhole(path: string, content: string | Uint8Array, make = createOwn): void {
  const temporary = `${path}.${randomId()}.tmp`;
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    const descriptor = make(temporary);
    try {
      if (before !== undefined) fchmodSync(descriptor, before.mode);
      // Writes until everything is written, or throws.
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  diskFiles.syncFolder(dirname(path));
  removeStaleTemporaries(path);
}

/** Clears away what processes left that were killed while they wrote this file. */
export function removeStaleTemporaries(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !ours.test(name)) continue;
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > staleTemporaryMs) rmSync(join(folder, name), { force: true });
  }
}
