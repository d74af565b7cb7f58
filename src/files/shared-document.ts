/**
 * A text that several processes share and change one after the other, beside the journal: tokens, the webhook's outbox. In
 * a file, or, where machines share a federation, wherever its store keeps it.
 */
import { statSync } from 'node:fs';
import { errorCode } from './error-code.ts';
import { withFileLock } from './file-lock.ts';
import { readRegularSync } from './regular-file.ts';
import { writeWhole } from './write-whole.ts';

export interface SharedDocument {
  /** Takes in what others have changed, so that `read` gives it. */
  look(): Promise<void>;
  /** Differs as soon as the content does; `none`: there is no document. */
  version(): string;
  /** `null`: there is none. @throws Error where it cannot be read */
  read(): string | null;
  /** Changes it while no other process does. `null` from `change` leaves it as it is. */
  change(change: (content: string | null) => string | null): Promise<void>;
}

/** By name, where a store keeps them. */
export type SharedDocuments = (name: string) => SharedDocument;

export class FileDocument implements SharedDocument {
  readonly #path: string;
  readonly #lockPath: string;
  readonly #makeFolder: () => void;

  constructor(path: string, lockPath: string, makeFolder: () => void = () => undefined) {
    this.#path = path;
    this.#lockPath = lockPath;
    this.#makeFolder = makeFolder;
  }

  /** The file is read itself. */
  async look(): Promise<void> {}

  version(): string {
    const stats = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? 'none' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
  }

  read(): string | null {
    try {
      return readRegularSync(this.#path, mostBytes).toString();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** What cannot be read is damaged, as is no text at all. */
  #readAnything(): string | null {
    try {
      return this.read();
    } catch {
      return '';
    }
  }

  async change(change: (content: string | null) => string | null): Promise<void> {
    this.#makeFolder();
    await withFileLock(this.#lockPath, async () => {
      const after = change(this.#readAnything());
      if (after !== null) writeWhole(this.#path, after);
    });
  }
}

const mostBytes = 16 * 1024 * 1024;
