import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { v4 as randomId } from 'uuid';
import { diskFiles } from './file-layer.ts';

/** Replaces a small file durably and all at once: unique temporary name, fsync, rename, folder fsync. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${randomId()}.tmp`;
  const descriptor = openSync(temporary, 'wx');
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  diskFiles.syncFolder(dirname(path));
}
