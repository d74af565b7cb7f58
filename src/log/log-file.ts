/**
 * FEDERATION_LOG.md: the journal in words, appended by whoever commits, each
 * event once, below a marker line. What people wrote above it stays.
 *
 * Each line names its place in the journal, so the end of the file says how far
 * it has come: whoever appends next fills what a killed process left out. An
 * advisory lock keeps two processes from writing the same lines; nothing but
 * this file depends on it, and `rebuild` makes it anew.
 *
 * The file may be copied, committed and checked out without its journal. So its
 * marker names the journal, and its last line has to be one of it: a log of
 * another journal is left as it is, and said.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../domain/config.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { LogFault } from '../federation.ts';
import { withFileLock } from '../files/file-lock.ts';
import { headingOf, markerLine, writeBelowMarker } from '../files/marked-file.ts';
import { type Project, ProjectFileError } from '../files/project.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';
import { recordsFrom } from '../store/records-from.ts';
import { logEntries } from '../views/event-lines.ts';
import { endOf, type LogEnd } from './log-end.ts';
import { lineOf, prefixOf } from './log-line.ts';

const heading = headingOf('Federation log');

/** Lines written soon after each other go into one write. */
const gatherMs = 100;

export interface LogOptions {
  /** The `.federation` folder. */
  readonly folder: string;
  readonly project: Project;
  readonly records: Pick<EventStore, 'tail' | 'history'>;
}

/** Null where the configuration wants none. */
export function logFileOf({ log_file }: Pick<Config, 'log_file'>, options: LogOptions): LogFile | null {
  return log_file === null ? null : new LogFile(resolve(options.project.dir, log_file), options);
}

export class LogFile {
  readonly path: string;
  readonly #options: LogOptions;
  readonly #lockPath: string;
  #journal: string | null = null;
  /** A last line that was found to be of another journal: it is not looked for again. */
  #foreignLine: string | null = null;
  #isScheduled = false;
  #pending = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, options: LogOptions) {
    this.path = path;
    this.#options = options;
    this.#lockPath = join(options.folder, 'log.lock');
  }

  /** This process committed something. */
  note(): void {
    this.#pending = true;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      void this.flush();
    }, gatherMs).unref();
  }

  /** Appends whatever the journal has beyond the file's end. A failure leaves it to the next append. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#flushOnce());
    return this.#writing;
  }

  /** Why nothing is appended, or null. Writes nothing. */
  async fault(): Promise<LogFault | null> {
    let file: FileHandle;
    try {
      file = await this.#options.project.open(this.path);
    } catch (error) {
      // One that is not there will be made; one that must not be used is a fault of the configuration.
      if (error instanceof ProjectFileError) return null;
      throw error;
    }
    try {
      return await this.#faultOf(await endOf(file));
    } finally {
      await file.close();
    }
  }

  /** Writes everything below the marker anew. */
  async rebuild(): Promise<number> {
    const { records } = this.#options;
    try {
      return await withFileLock(this.#lockPath, async () => {
        const lines: string[] = [];
        for await (const record of records.history()) lines.push(...logEntries(record).map(lineOf));
        const below = lines.map((line) => `${line}\n`).join('');
        await writeBelowMarker(this.#place(), heading, below, markerLine(await this.#journalName()));
        return lines.length;
      });
    } catch (error) {
      if (error instanceof FederationError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreError('store-unavailable', `The log could not be written: ${why}.`, 'Fix that and try again.');
    }
  }

  async #flushOnce(): Promise<void> {
    if (!this.#pending) return;
    this.#pending = false;
    try {
      await withFileLock(this.#lockPath, () => this.#appendMissing());
    } catch {
      // The log is a copy for reading: an unwritable one must not stop work.
      this.#pending = true;
    }
  }

  async #appendMissing(): Promise<void> {
    const place = this.#place();
    await mkdir(dirname(place), { recursive: true });
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
    const file = await open(place, flags, 0o644);
    try {
      const end = await endOf(file);
      if ((await this.#faultOf(end)) !== null) return;
      // Below the marker an unfinished line is what a killed process left.
      if (end.marker !== null && end.torn > 0) await file.truncate(end.size - end.torn);
      const lines = end.marker === null ? [beginning(end), `${markerLine(await this.#journalName())}\n`] : [];
      const { seq, event } = end.last ?? { seq: 0, event: 0 };
      for await (const record of recordsFrom(this.#options.records, seq)) {
        for (const [index, entry] of logEntries(record).entries()) {
          if (record.seq > seq || index + 1 > event) lines.push(`${lineOf(entry)}\n`);
        }
      }
      if (lines.length > 0) await file.appendFile(lines.join(''));
    } finally {
      await file.close();
    }
  }

  /** Where the path leads now. @throws ProjectFileError */
  #place(): string {
    return this.#options.project.placeToWrite(this.path, this.#options.folder);
  }

  /** The beginning of the hash of the journal's first record; null while it is empty. */
  async #journalName(): Promise<string | null> {
    if (this.#journal === null) {
      for await (const { hash } of this.#options.records.history()) {
        this.#journal = hash.slice(0, 16);
        break;
      }
    }
    return this.#journal;
  }

  async #faultOf({ marker, last }: LogEnd): Promise<LogFault | null> {
    const named = marker?.journal ?? null;
    const journal = await this.#journalName();
    if (named !== null && named !== journal) {
      return this.#fault(`its marker names the journal ${named}, and this is ${journal ?? 'an empty one'}`);
    }
    if (last === null || (await this.#holds(last))) return null;
    return this.#fault(`its last entry, ${last.seq}.${last.event}, is not in this one`);
  }

  #fault(why: string): LogFault {
    return {
      message: `${this.path} is the log of another journal: ${why}. Nothing is written to it.`,
      next: 'Write it anew below its marker with fed log --rebuild, or name another file in log_file.',
    };
  }

  /** Whether a line tells of an event of this journal. */
  async #holds({ seq, event, line }: NonNullable<LogEnd['last']>): Promise<boolean> {
    if (line === this.#foreignLine) return false;
    const record = await this.#recordAt(seq);
    const entry = record === null ? undefined : logEntries(record)[event - 1];
    if (entry !== undefined && line.startsWith(prefixOf(entry))) return true;
    this.#foreignLine = line;
    return false;
  }

  async #recordAt(seq: number): Promise<StoredRecord | null> {
    const { records } = this.#options;
    for await (const record of recordsFrom(records, seq)) {
      if (record.seq === seq) return record;
      break;
    }
    // Another process may have committed it, and written it here, since this one last read the journal.
    for await (const record of records.history()) if (record.seq === seq) return record;
    return null;
  }
}

/** What comes before the marker of a file that has none. */
function beginning({ size, torn }: LogEnd): string {
  if (size === 0) return heading;
  return torn > 0 ? '\n\n' : '\n';
}
