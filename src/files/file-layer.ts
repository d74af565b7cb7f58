/**
 * The few file operations the journal is made of, behind an interface so that
 * a test can make any one of them fail, fall short or tear. Nothing here
 * decides anything.
 */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './error-code.ts';
import { makeOwnFolder } from './modes.ts';
import { openRegular } from './regular-file.ts';

/** What tells one file from another, and how long it is, in bytes. */
export interface FileFacts {
  readonly inode: bigint;
  readonly size: number;
}

export interface FileLayer {
  /** A descriptor, or `undefined` where there is no such file. Other errors are thrown. */
  openForReading(path: string): number | undefined;
  /** A descriptor that appends, the file created where it is missing. */
  openForAppending(path: string): number;
  close(descriptor: number): void;
  /** Bytes read; 0 at the end of the file. */
  read(descriptor: number, into: Buffer, at: number, length: number, position: number): number;
  /** One write call. Bytes written, possibly fewer than given: never continue such a write. */
  append(descriptor: number, bytes: Buffer): number;
  facts(path: string): FileFacts | undefined;
  /** `fdatasync`, off the event loop. */
  sync(descriptor: number): Promise<void>;
  /** `fdatasync`, waiting for it. */
  syncNow(descriptor: number): void;
  /** Makes the entries of a folder durable. */
  syncFolder(path: string): void;
  /** Gives a file a second name. Not durable before its folder is. */
  link(from: string, to: string): void;
  /** Puts a file in the place of another, all at once. Not durable before its folder is. */
  rename(from: string, to: string): void;
  /** Takes a file away, if it is there. */
  remove(path: string): void;
  /** Creates a folder and its parents, durably. */
  makeFolder(path: string): void;
}

export const diskFiles: FileLayer = {
  openForReading(path) {
    try {
      return openRegular(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  openForAppending: (path) => openRegular(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT),
  close: (descriptor) => closeSync(descriptor),
  read: (descriptor, into, at, length, position) => readSync(descriptor, into, at, length, position),
  append: (descriptor, bytes) => writeSync(descriptor, bytes),
  facts(path) {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && { inode: stats.ino, size: Number(stats.size) };
  },
  sync: (descriptor) =>
    new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
    }),
  syncNow: (descriptor) => fdatasyncSync(descriptor),
  syncFolder(path) {
    // Windows has no such call; its file systems journal folder entries themselves.
    if (process.platform === 'win32') return;
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
  link: (from, to) => linkSync(from, to),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
  makeFolder(path) {
    const first = makeOwnFolder(path);
    if (first === undefined) return;
    for (let folder = path; ; folder = dirname(folder)) {
      diskFiles.syncFolder(dirname(folder));
      if (folder === first || folder === dirname(folder)) return;
    }
  },
};
