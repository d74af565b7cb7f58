/**
 * Reading what must be a regular file. Whatever else bears its name is an error
 * and never waited for: opening a pipe blocks until somebody writes to it, and a
 * device may do anything.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code.ts';
import { settleNew } from './modes.ts';

class OddFileError extends Error {
  readonly code = 'EFTYPE';

  constructor(path: string, what: string) {
    super(`Expected a file at ${path}, got ${what}`);
  }
}

/** Between the look and the opening it may have become another thing. Windows knows no such flag. */
const nonBlocking: number | undefined = constants.O_NONBLOCK;

/** A descriptor; links are followed. `flags` as for `open`; with O_CREAT a file of ours is made where there is none. */
export function openRegular(path: string, flags: number = constants.O_RDONLY): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) refuseOther(path, found);
  const descriptor = openSync(path, flags | (nonBlocking ?? 0), 0o600);
  if (found === undefined) settleNew(descriptor, dirname(path));
  return descriptor;
}

/** `most`: a file of more bytes is none of ours. */
export function readRegularSync(path: string, most = Number.POSITIVE_INFINITY): Buffer {
  const descriptor = openRegular(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > most) throw new OddFileError(path, `one of ${size} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A handle for reading. */
export async function openRegularFile(path: string): Promise<FileHandle> {
  refuseOther(path, await stat(path));
  return await open(path, constants.O_RDONLY | (nonBlocking ?? 0));
}

export async function readRegular(path: string): Promise<Buffer> {
  const file = await openRegularFile(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function refuseOther(path: string, found: Stats): void {
  if (!found.isFile()) throw new OddFileError(path, kindOf(found));
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

export interface OddFile {
  /** Its path below the folder that was looked through. */
  readonly file: string;
  /** Goes on from its name: `is a pipe`. */
  readonly why: string;
}

export function whyNoFolder(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() ? null : 'is not a folder';
}

/** Why it cannot be used as a file, in words; null where it can, or where there is none. */
export function whyOdd(path: string): string | null {
  try {
    closeSync(openRegular(path));
    return null;
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
        return lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : 'is a broken link';
      case 'EFTYPE':
        return `is ${kindOf(statSync(path))}`;
      case 'EACCES':
      case 'EPERM':
        return 'cannot be read by this user';
      case undefined:
      default:
        return `cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

const codesOfOddFiles: ReadonlySet<string> = new Set([
  'EFTYPE',
  'ENOENT',
  'EISDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENXIO',
  'ENODEV',
  'EOPNOTSUPP',
]);

/** Whether the file itself is the reason (gone, not a file, not ours to read) and not the state of the machine. */
export function isOddFile(error: unknown): boolean {
  return codesOfOddFiles.has(errorCode(error) ?? '');
}
