/**
 * FEDERATION_LOG.md: the journal in words, appended by whoever commits, each
 * event once, below a marker line. What people wrote above it stays.
 *
 * Each line names its place in the journal, so the end of the file says how far
 * it has come: whoever appends next fills what a killed process left out. An
 * advisory lock keeps two processes from writing the same lines; nothing but
 * this file depends on it, and `rebuild` makes it anew.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FederationError, StoreError } from './domain/errors.ts';
import { oneLine } from './domain/text.ts';
import type { EventStore, StoredRecord } from './store/event-store.ts';
import { type LogEntry, logEntries } from './views/event-lines.ts';

export const marker = '<!-- federation-mcp writes everything below this line -->';
const heading = '# Federation log\n\nWrite what you like above the marker; what is below it is generated.\n\n';
const linePattern = /^- (\d+)\.(\d+) · /;

/** Bytes read from the end to find the last line; a line has at most about 400. */
const tailBytes = 64 * 1024;
/** Lines written soon after each other go into one write. */
const gatherMs = 100;
/** A lock that has not changed for this long belonged to a process that was killed. */
const staleLockMs = 3_000;

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
      await this.#locked(() => this.#appendMissing());
    } catch {
      // The log is a copy for reading: an unwritable one must not stop work.
      this.#pending = true;
    }
  }

  /** Writes everything below the marker anew. */
  async rebuild(): Promise<number> {
    try {
      return await this.#locked(() => this.#rewrite());
    } catch (error) {
      if (error instanceof FederationError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreError(
        'store-unavailable',
        `The log could not be written: ${why}.`,
        'Mend that and rebuild it again.',
      );
    }
  }

  async #rewrite(): Promise<number> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const at = text.indexOf(marker);
    const above = at === -1 ? withHeading(text) : text.slice(0, at);
    const lines: string[] = [];
    for await (const record of this.#records.history()) lines.push(...logEntries(record).map(lineOf));
    const temporary = `${this.path}.${randomUUID()}.tmp`;
    await writeFile(temporary, `${above}${marker}\n${lines.map((line) => `${line}\n`).join('')}`);
    await rename(temporary, this.path);
    return lines.length;
  }

  async #appendMissing(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o644);
    try {
      const { seq, event } = await this.#lastPlace(file);
      const lines: string[] = [];
      for await (const record of this.#from(seq)) {
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

  async *#from(seq: number): AsyncGenerator<StoredRecord> {
    const newest = await this.#records.tail(1_000, Math.max(0, seq - 1));
    const [first] = newest;
    if (first === undefined || first.seq <= Math.max(1, seq)) {
      yield* newest;
      return;
    }
    for await (const record of this.#records.history()) if (record.seq >= seq) yield record;
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const token = randomUUID();
    await this.#takeLock(token);
    try {
      return await work();
    } finally {
      if ((await readFile(this.#lockPath, 'utf8').catch(() => '')) === token) await rm(this.#lockPath, { force: true });
    }
  }

  async #takeLock(token: string): Promise<void> {
    let seen = '';
    let since = performance.now();
    for (;;) {
      try {
        await writeFile(this.#lockPath, token, { flag: 'wx' });
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = await stat(this.#lockPath).then(
        ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
        () => '',
      );
      if (holder !== seen) {
        seen = holder;
        since = performance.now();
      } else if (performance.now() - since > staleLockMs) {
        await rm(this.#lockPath, { force: true });
      }
      await sleep(20 + Math.random() * 30);
    }
  }
}

function lineOf({ place, at, by, text }: LogEntry): string {
  return `- ${place} · ${at.slice(0, 19).replace('T', ' ')} · ${by} · ${oneLine(text, 2_000).replace(/[<[]/g, (character) => (character === '<' ? '&lt;' : '\\['))}`;
}

function withHeading(text: string): string {
  return text.trim() === '' ? heading : `${text.trimEnd()}\n\n`;
}
