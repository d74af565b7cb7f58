/**
 * The key of the checkpoint's hash: `checkpoint.key`, made with the first one. It is no secret from the user whose files
 * these are; it tells what this program wrote from what was edited. Without it the journal is read from its start.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../files/error-code.ts';
import { createOwn } from '../../files/modes.ts';
import { isOddFile, readRegularSync } from '../../files/regular-file.ts';

export const checkpointKeyFile = 'checkpoint.key';

/** Null where there is none that can be read. */
export function checkpointKey(dir: string): string | null {
  try {
    const text = readRegularSync(join(dir, checkpointKeyFile), 1024).toString().trim();
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  } catch (error) {
    if (isOddFile(error)) return null;
    throw error;
  }
}

/** The one there is; of several processes that find none, one makes it. */
export function makeCheckpointKey(dir: string): string {
  const there = checkpointKey(dir);
  if (there !== null) return there;
  const path = join(dir, checkpointKeyFile);
  const temporary = `${path}.${randomUUID()}.tmp`;
  const key = randomBytes(32).toString('hex');
  const descriptor = createOwn(temporary);
  try {
    writeFileSync(descriptor, `${key}\n`);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    // Another process was first; or what stands there is no key, or the disk knows no second names.
    if (checkpointKey(dir) === null && errorCode(error) !== undefined) renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  return checkpointKey(dir) ?? key;
}
