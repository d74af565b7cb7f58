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
import type { EventStore } from '../store/event-store.ts';
import { recordsFrom } from '../store/records-from.ts';
import { type LogEntry, logEntries } from '../views/event-lines.ts';

const heading = headingOf('Federation log');
const linePattern = /^- (\d+)\.(\d+) · /;

/** Bytes read from the end to find the last line; a line has at most about 400. */
const tailBytes = 64 * 1024;
/** Lines written soon after each other go into one write. */
const gatherMs = 100;

type Records = Pick<EventStore, 'tail' | 'history'>;

export class LogFile {
  readonly path: string;
  readonly #lockPath: string;
  readonly #records: Records;
  #isScheduled = false;
  #pending = false;
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
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o644);
    try {
      const { seq, event } = await this.#lastPlace(file);
      const lines: string[] = [];
      for await (const record of recordsFrom(this.#records, seq)) {
        for (const [index, entry] of logEntries(record).entries()) {
          if (record.seq > seq || index + 1 > event) lines.push(`${lineOf(entry)}\n`);
        }
      }
      if (lines.length > 0) await file.appendFile(lines.join(''));
    } finally {
      await file.close();
    }
  }

  /** The place of the last whole line; makes the file ready to be appended to. */
  async #lastPlace(file: FileHandle): Promise<{ seq: number; event: number }> {
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

function lineOf({ place, at, by, how, text }: LogEntry): string {
  const who = how === undefined ? by : `${by} (${harmless(how)})`;
  return `- ${place} · ${at.slice(0, 19).replace('T', ' ')} · ${who} · ${harmless(text)}`;
}

/** On one line, and nothing in it is markup: what agents write must not become links, pictures or HTML. */
function harmless(text: string): string {
  return oneLine(text, 2_000).replace(/</g, '&lt;').replace(/\[/g, '\\[');
}
