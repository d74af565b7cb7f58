/**
 * The folder around `.federation`. A project may have been written by somebody
 * else: what its configuration and the links in it name is read and written
 * inside it only, or in folders that the user allowed in their own environment.
 */
import type { FileHandle } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { errorCode } from './error-code.ts';
import { openRegularFile } from './regular-file.ts';
import { isWithin, realPlace } from './within.ts';

/** Why a file is not used. The message goes on after "Expected". */
export class ProjectFileError extends Error {
  readonly kind: 'outside' | 'missing' | 'unusable';

  constructor(kind: ProjectFileError['kind'], expected: string) {
    super(expected);
    this.name = 'ProjectFileError';
    this.kind = kind;
  }
}

export class Project {
  /** What paths in the configuration are relative to. */
  readonly dir: string;
  readonly #reach: readonly string[];

  /** `allowed`: further folders, links followed. */
  constructor(dir: string, allowed: readonly string[] = []) {
    this.dir = resolve(dir);
    this.#reach = [realPlace(this.dir), ...allowed];
  }

  /**
   * Where a path leads, links followed, whether or not something is there.
   * @throws ProjectFileError
   */
  place(path: string): string {
    let place: string;
    try {
      place = realPlace(resolve(this.dir, path));
    } catch (error) {
      throw unreadable(error);
    }
    if (this.#reach.some((folder) => isWithin(place, folder))) return place;
    throw new ProjectFileError('outside', `leads out of the project, to ${place}`);
  }

  /**
   * As `place`, for a file that agents' texts are written to. Not git's own, where a text can become a command; in the
   * federation's folder only what none of its own files is called.
   * @throws ProjectFileError
   */
  placeToWrite(path: string, federation: string): string {
    const place = this.place(path);
    if (place.split(sep).some((part) => part.toLowerCase() === '.git')) {
      throw new ProjectFileError('unusable', 'belongs to git');
    }
    if (isWithin(place, realPlace(federation)) && !place.endsWith('.md')) {
      throw new ProjectFileError('unusable', 'is in the folder of the federation and does not end in .md');
    }
    return place;
  }

  /**
   * Opens a regular file to be read; waits for nobody.
   * @throws ProjectFileError
   */
  async open(path: string): Promise<FileHandle> {
    try {
      return await openRegularFile(this.place(path));
    } catch (error) {
      if (error instanceof ProjectFileError) throw error;
      if (errorCode(error) === 'ENOENT') throw new ProjectFileError('missing', 'does not exist');
      if (errorCode(error) === 'EFTYPE') throw new ProjectFileError('unusable', 'is not a regular file');
      throw unreadable(error);
    }
  }

  /** All of a regular file. @throws ProjectFileError, also where it has more than `longest` bytes */
  async read(path: string, longest: number): Promise<Buffer> {
    const file = await this.open(path);
    try {
      const { size } = await file.stat();
      if (size > longest) throw tooLarge(size, longest);
      // No more than that, also of a file that grows, or that does not know its size.
      const bytes = await readStart(file, longest + 1);
      if (bytes.length > longest) throw tooLarge(bytes.length, longest);
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** Whether a regular file of at most `longest` bytes is there. @throws ProjectFileError where none is */
  async check(path: string, longest: number): Promise<void> {
    const file = await this.open(path);
    try {
      const { size } = await file.stat();
      if (size > longest) throw tooLarge(size, longest);
    } finally {
      await file.close();
    }
  }
}

/** The first bytes of a file, fewer where it is shorter. */
export async function readStart(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function unreadable(error: unknown): ProjectFileError {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return new ProjectFileError('unusable', 'cannot be read by this user');
  return new ProjectFileError('unusable', `cannot be read (${code ?? String(error)})`);
}

function tooLarge(size: number, longest: number): ProjectFileError {
  const kib = Math.ceil(size / 1024);
  return new ProjectFileError('unusable', `has ${kib} KiB, more than the ${longest / 1024} KiB allowed`);
}
