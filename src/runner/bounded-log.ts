/**
 * What a program writes, bounded whatever it writes: the beginning, and the end in two files that take turns. Lines are
 * cut at a megabyte, so that 500 MB without a newline cost no memory.
 */
import { closeSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createOwn } from '../files/modes.ts';

const partBytes = 1024 * 1024;

/** `NAME`: the beginning. `NAME.before`, `NAME.end`: the end, the older part first. */
export class BoundedLog {
  readonly #path: string;
  #part: 'head' | 'tail' = 'head';
  #descriptor: number;
  #bytes = 0;

  constructor(folder: string, name: string) {
    this.#path = join(folder, name);
    this.#descriptor = createOwn(this.#path);
  }

  write(chunk: Buffer | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    try {
      for (let at = 0; at < bytes.length;) {
        if (this.#bytes >= partBytes) this.#turn();
        const size = Math.min(bytes.length - at, partBytes - this.#bytes);
        writeSync(this.#descriptor, bytes, at, size);
        this.#bytes += size;
        at += size;
      }
    } catch {
      // A full disk must not end the run: its events are what counts.
    }
  }

  close(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Closed already, or the disk is gone.
    }
  }

  #turn(): void {
    closeSync(this.#descriptor);
    if (this.#part === 'tail') renameSync(`${this.#path}.end`, `${this.#path}.before`);
    this.#part = 'tail';
    this.#descriptor = openSync(`${this.#path}.end`, 'w', 0o600);
    this.#bytes = 0;
  }
}

/** The last bytes of a log, from its first whole line on. */
export function endOfLog(folder: string, name: string, bytes: number): string {
  const names = readdirSync(folder, { encoding: 'utf8' });
  let text = '';
  for (const part of [`${name}.end`, `${name}.before`, name]) {
    if (text.length >= bytes || !names.includes(part)) continue;
    text = readFileSync(join(folder, part), 'utf8') + text;
  }
  const end = text.slice(-bytes);
  return end.length < text.length ? end.slice(end.indexOf('\n') + 1) : end;
}

/** How large the newest part is, for whoever follows it. */
export function newestPart(folder: string, name: string): { readonly path: string; readonly size: number } | null {
  for (const part of [`${name}.end`, name]) {
    const path = join(folder, part);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) return { path, size: found.size };
  }
  return null;
}

const longestLine = 1024 * 1024;

/** Splits what comes in pieces into lines; of a longer one the beginning is given, once. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];
  #length = 0;
  #isSkipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      this.#add(chunk.subarray(from, end));
      this.#give();
      this.#isSkipping = false;
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** What came without a newline at the end. */
  flush(): void {
    if (this.#length > 0) this.#give();
  }

  #add(piece: Buffer): void {
    if (this.#isSkipping || piece.length === 0) return;
    const room = longestLine - this.#length;
    this.#pieces.push(piece.subarray(0, room));
    this.#length += Math.min(piece.length, room);
    if (piece.length < room) return;
    this.#give();
    this.#isSkipping = true;
  }

  #give(): void {
    if (!this.#isSkipping) this.#onLine(Buffer.concat(this.#pieces).toString('utf8').replace(/\r$/, ''));
    this.#pieces = [];
    this.#length = 0;
  }
}
