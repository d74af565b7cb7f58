/**
 * FEDERATION_LOG.md: the journal in words, appended by whoever commits, each
 * event once, below a marker line. What people wrote above it stays.
 *
 * Each line names its place in the journal, so the end of the file says how far
 * it has come: whoever appends next fills what a killed process left out. An
 * advisory lock keeps two processes from writing the same lines; nothing but
 * this file depends on it, and `rebuild` makes it anew.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FederationError, StoreError } from '../domain/errors.ts';
import { oneLine } from '../domain/text.ts';
import { withFileLock } from '../files/file-lock.ts';
import { headingOf, marker, writeBelowMarker } from '../files/marked-file.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';
import { recordsFrom } from '../store/records-from.ts';
import { type LogEntry, logEntries } from '../views/event-lines.ts';

const heading = headingOf('Federation log');
const linePattern = /^- (\d+)\.(\d+) · /;

/** Bytes read from the end to find the last line; a line has at most about 400. */
const tailBytes = 64 * 1024;
/** Lines written soon after each other go into one write. */
const gatherMs = 100;

/** A record, and how many of its events. */
interface Place {
  readonly seq: number;
  readonly event: number;
}

type Records = Pick<EventStore, 'tail' | 'history' | 'lastLoss'>;

export class LogFile {
  readonly path: string;
  readonly #lockPath: string;
  readonly #records: Records;
  #isScheduled = false;
  #pending = false;
  /** The accepted loss that is known to be in the file. */
  #lossThere: number | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, lockPath: string, records: Records) {
    this.path = path;
    this.#lockPath = lockPath;
    this.#records = records;
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

  /**
   * Puts the record of an accepted loss in force and at the file's end, whatever
   * place the last line there names; nobody writes in between. The lines of what
   * is lost stay.
   */
  async goOnWith(record: StoredRecord, commit: () => void): Promise<void> {
    const append = async (file: FileHandle): Promise<readonly string[]> => {
      await this.#lastPlace(file);
      return linesOf(record, 0);
    };
    let isLocked = false;
    try {
      await withFileLock(this.#lockPath, async () => {
        isLocked = true;
        commit();
        // A copy for reading: where it cannot be written now, whoever commits next adds what is missing.
        await this.#append(append).catch(() => undefined);
      });
    } catch (error) {
      if (isLocked) throw error;
      commit();
    }
  }

  /** Writes everything below the marker anew. */
  async rebuild(): Promise<number> {
    try {
      return await withFileLock(this.#lockPath, async () => {
        const lines: string[] = [];
        for await (const record of this.#records.history()) lines.push(...logEntries(record).map(lineOf));
        await writeBelowMarker(this.path, heading, lines.map((line) => `${line}\n`).join(''));
        return lines.length;
      });
    } catch (error) {
      if (error instanceof FederationError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreError('store-unavailable', `The log could not be written: ${why}.`, 'Mend that and try again.');
    }
  }

  async #appendMissing(): Promise<void> {
    await this.#append(async (file) => {
      const { seq, event } = await this.#placeToGoOnFrom(file);
      const lines: string[] = [];
      for await (const record of recordsFrom(this.#records, seq)) {
        lines.push(...linesOf(record, record.seq > seq ? 0 : event));
      }
      return lines;
    });
  }

  async #append(linesFor: (file: FileHandle) => Promise<readonly string[]>): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o644);
    try {
      const lines = await linesFor(file);
      if (lines.length > 0) await file.appendFile(lines.join(''));
    } finally {
      await file.close();
    }
  }

  /** After a loss, the last line may name a place of which there is another record now. */
  async #placeToGoOnFrom(file: FileHandle): Promise<Place> {
    const last = await this.#lastPlace(file);
    const loss = this.#records.lastLoss;
    if (loss === null || last.seq < loss || this.#lossThere === loss) return last;
    const [line] = await this.#linesOfRecord(loss);
    if (line !== undefined && !(await readFile(this.path, 'utf8')).includes(`\n${line}`))
      return { seq: loss, event: 0 };
    this.#lossThere = loss;
    return last;
  }

  async #linesOfRecord(seq: number): Promise<readonly string[]> {
    for await (const record of recordsFrom(this.#records, seq)) return linesOf(record, 0);
    return [];
  }

  /** The place of the last whole line; makes the file ready to be appended to. */
  async #lastPlace(file: FileHandle): Promise<Place> {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const end = Buffer.alloc(size - start);
    await file.read(end, 0, end.length, start);
    const text = end.toString();
    const torn = text.length - (text.lastIndexOf('\n') + 1);
    const lines = text.split('\n').slice(0, -1);
    const last = lines.findLast((line) => linePattern.test(line) || line === marker);
    if (last === undefined) {
      const whole = await readFile(this.path, 'utf8');
      if (!whole.includes(marker))
        await file.appendFile(`${whole === '' ? heading : torn > 0 ? '\n\n' : '\n'}${marker}\n`);
      return { seq: 0, event: 0 };
    }
    // Below the marker an unfinished last line is what a killed process left.
    if (torn > 0) await file.truncate(size - Buffer.byteLength(text.slice(-torn)));
    const place = linePattern.exec(last);
    return { seq: Number(place?.[1] ?? 0), event: Number(place?.[2] ?? 0) };
  }
}

/** The lines of a record after its first `skipped` events. */
function linesOf(record: StoredRecord, skipped: number): string[] {
  return logEntries(record)
    .slice(skipped)
    .map((entry) => `${lineOf(entry)}\n`);
}

function lineOf({ place, at, by, how, text }: LogEntry): string {
  const who = how === undefined ? by : `${by} (${harmless(how)})`;
  return `- ${place} · ${at.slice(0, 19).replace('T', ' ')} · ${who} · ${harmless(text)}`;
}

/** On one line, and nothing in it is markup: what agents write must not become links, pictures or HTML. */
function harmless(text: string): string {
  return oneLine(text, 2_000).replace(/</g, '&lt;').replace(/\[/g, '\\[');
}
