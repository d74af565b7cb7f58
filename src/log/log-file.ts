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
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { LogFault } from '../federation.ts';
import { withFileLock } from '../files/file-lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import { findMarker, headingOf, markerLine, writeBelowMarker } from '../files/marked-file.ts';
import { settleNew } from '../files/modes.ts';
import { type Project, ProjectFileError, readStart } from '../files/project.ts';
import { readRegular } from '../files/regular-file.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';
import { recordsFrom } from '../store/records-from.ts';
import { type LogEntry, logEntries } from '../views/event-lines.ts';
import { compareLog, type LogDifference } from './compare-log.ts';
import { endOf, type LogEnd } from './log-end.ts';
import { lineOf, type LinePlace, prefixOf, underDays } from './log-line.ts';

const heading = headingOf(
  'Federation log',
  ' Times are UTC. The number of\nan entry is its place in the journal: record and event.',
);

/** Lines written soon after each other go into one write. */
const gatherMs = 100;
/** Records of this process that are kept for the next write; with more the journal is read instead. */
const mostKept = 1_000;

export interface LogOptions {
  /** The `.federation` folder. */
  readonly folder: string;
  readonly project: Project;
  readonly records: Pick<EventStore, 'tail' | 'history' | 'lastLoss'>;
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
  /** The accepted loss that is known to be in the file. */
  #lossThere: number | null = null;
  #scheduled: NodeJS.Timeout | null = null;
  #pending = false;
  /** What this process committed, from the record that it last wrote on: then nothing is read to write more. */
  #committed: StoredRecord[] = [];
  /** The last line that this process wrote. */
  #ownLine: string | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, options: LogOptions) {
    this.path = path;
    this.#options = options;
    this.#lockPath = join(options.folder, 'log.lock');
  }

  /** This process committed this. */
  note(record: StoredRecord): void {
    this.#pending = true;
    if (this.#committed.length === mostKept) this.#committed = [];
    this.#committed.push(record);
    this.#scheduled ??= setTimeout(() => void this.flush(), gatherMs).unref();
  }

  /** The journal is another one now. */
  forget(): void {
    this.#committed = [];
    this.#ownLine = null;
    this.#journal = null;
    this.#foreignLine = null;
  }

  /** Appends whatever the journal has beyond the file's end. A failure leaves it to the next append. Nothing comes later. */
  flush(): Promise<void> {
    if (this.#scheduled !== null) clearTimeout(this.#scheduled);
    this.#scheduled = null;
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
      const from = await this.#placeToGoOnFrom(file, await endOf(file));
      return 'message' in from ? from : null;
    } finally {
      await file.close();
    }
  }

  /** What differs between the whole file and the whole journal; null where there is no file of this journal. */
  async compare(): Promise<LogDifference | null> {
    const text = await readRegular(this.path).then(String, () => null);
    const marker = text === null ? null : findMarker(text);
    if (text === null || marker === null) return null;
    const entries: LogEntry[] = [];
    for await (const record of this.#options.records.history()) entries.push(...logEntries(record));
    return compareLog(text.slice(marker.at), entries, this.#options.records.lastLoss !== null);
  }

  /**
   * Puts the record of an accepted loss in force and at the file's end, whatever
   * place the last line there names; nobody writes in between. The lines of what
   * is lost stay.
   */
  async goOnWith(record: StoredRecord, commit: () => void): Promise<void> {
    // Afterwards the first record may be another one.
    const journal = await this.#journalName().catch(() => null);
    const append = async (file: FileHandle): Promise<void> => {
      const end = await endOf(file);
      const named = end.marker?.journal ?? null;
      if (named !== null && journal !== null && named !== journal) return;
      await this.#write(file, end, journal ?? nameOf(record), linesOf(record, 0));
    };
    let isLocked = false;
    try {
      await withFileLock(this.#lockPath, async () => {
        isLocked = true;
        commit();
        // A copy for reading: where it cannot be written now, whoever commits next adds what is missing.
        await this.#withFile(append).catch(() => undefined);
      });
    } catch (error) {
      if (isLocked) throw error;
      commit();
    }
  }

  /** Writes everything below the marker anew. */
  async rebuild(): Promise<number> {
    const { records } = this.#options;
    try {
      return await withFileLock(this.#lockPath, async () => {
        const lines: string[] = [];
        for await (const record of records.history()) lines.push(...linesOf(record, 0));
        await writeBelowMarker(this.#place(), heading, underDays(lines, null).join(''), {
          marker: markerLine(await this.#journalName()),
        });
        return lines.length;
      });
    } catch (error) {
      if (error instanceof FederationError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreError(
        'store-unavailable',
        `The log could not be written: ${why}.`,
        'Fix the problem and try again.',
      );
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
    await this.#withFile(async (file) => {
      const end = await endOf(file);
      const from = await this.#placeToGoOnFrom(file, end);
      if ('message' in from) return;
      const lines: string[] = [];
      const kept = this.#keptFrom(from.seq);
      for await (const record of kept ?? recordsFrom(this.#options.records, from.seq)) {
        lines.push(...linesOf(record, record.seq > from.seq ? 0 : from.event));
      }
      await this.#write(file, end, await this.#journalName(), lines);
      this.#ownLine = lines.at(-1)?.trimEnd() ?? this.#ownLine;
      const last = kept?.at(-1);
      this.#committed = last === undefined ? [] : this.#committed.slice(this.#committed.indexOf(last));
    });
  }

  /** The records from this one on, where this process has committed all of them; null where the journal must be read. */
  #keptFrom(seq: number): readonly StoredRecord[] | null {
    const kept = this.#committed.slice();
    return kept.length > 0 && kept.every((record, at) => record.seq === seq + at) ? kept : null;
  }

  async #withFile(work: (file: FileHandle) => Promise<void>): Promise<void> {
    const place = this.#place();
    makeFolder(dirname(place));
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
    const isNew = !existsSync(place);
    const file = await open(place, flags, 0o600);
    try {
      if (isNew) settleNew(file.fd, this.#options.folder);
      await work(file);
    } finally {
      await file.close();
    }
  }

  async #write(file: FileHandle, end: LogEnd, journal: string | null, lines: readonly string[]): Promise<void> {
    // Below the marker an unfinished line is what a killed process left.
    if (end.marker !== null && end.torn > 0) await file.truncate(end.size - end.torn);
    const start = end.marker === null ? [beginning(end), `${markerLine(journal)}\n`] : [];
    const text = [...start, ...underDays(lines, end.day)].join('');
    if (text !== '') await file.appendFile(text);
  }

  /** Where the path leads now. @throws ProjectFileError */
  #place(): string {
    return this.#options.project.placeToWrite(this.path, this.#options.folder);
  }

  /** Null while the journal is empty. */
  async #journalName(): Promise<string | null> {
    if (this.#journal === null) {
      for await (const record of this.#options.records.history()) {
        this.#journal = nameOf(record);
        break;
      }
    }
    return this.#journal;
  }

  /** Behind the last line that is there, or why nothing is to be written. */
  async #placeToGoOnFrom(file: FileHandle, { marker, last, size }: LogEnd): Promise<LinePlace | LogFault> {
    const loss = this.#options.records.lastLoss;
    const named = marker?.journal ?? null;
    const journal = await this.#journalName();
    // Where everything was lost, the marker names the journal that there was.
    if (named !== null && named !== journal && loss !== 1) {
      return this.#fault(`its marker names the journal ${named}, and this is ${journal ?? 'an empty one'}`);
    }
    if (last === null) return { seq: 0, event: 0 };
    if (loss !== null && last.seq >= loss && this.#lossThere !== loss) {
      // The last line may name a place of which there is another record now.
      const [line] = await this.#linesOfRecord(loss);
      if (line !== undefined && !(await readStart(file, size)).includes(`\n${line}`)) return { seq: loss, event: 0 };
      this.#lossThere = loss;
    }
    if (await this.#holds(last)) return last;
    return this.#fault(`its last entry, ${last.seq}.${last.event}, is not in this one`);
  }

  #fault(why: string): LogFault {
    return {
      message: `${this.path} is the log of another journal: ${why}. Nothing is written to it.`,
      next: 'Rewrite it below its marker with fed log --rebuild, or name another file in log_file.',
    };
  }

  /** Whether a line tells of an event of this journal. */
  async #holds({ seq, event, line }: NonNullable<LogEnd['last']>): Promise<boolean> {
    if (line === this.#foreignLine) return false;
    if (line === this.#ownLine) return true;
    const record = await this.#recordAt(seq);
    const entry = record === null ? undefined : logEntries(record)[event - 1];
    if (entry !== undefined && line.startsWith(prefixOf(entry))) return true;
    this.#foreignLine = line;
    return false;
  }

  async #linesOfRecord(seq: number): Promise<readonly string[]> {
    for await (const record of recordsFrom(this.#options.records, seq)) return linesOf(record, 0);
    return [];
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

/** The lines of a record after its first `skipped` events. */
function linesOf(record: StoredRecord, skipped: number): string[] {
  return logEntries(record)
    .slice(skipped)
    .map((entry) => `${lineOf(entry)}\n`);
}

/** What the marker calls a journal: the beginning of the hash of its first record. */
function nameOf({ hash }: StoredRecord): string {
  return hash.slice(0, 16);
}

/** What comes before the marker of a file that has none. */
function beginning({ size, torn }: LogEnd): string {
  if (size === 0) return heading;
  return torn > 0 ? '\n\n' : '\n';
}
