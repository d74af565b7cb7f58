/**
 * `.federation/db.json`: the folded state as a lowdb database. Valid JSON with
 * one record a line, so that it is written in slices and read line by line: the
 * whole text is never in memory, and the event loop is not held up for long.
 *
 * The first line holds the position and the form (schema and program version),
 * and ends with its own hash; the last one is the hash of everything before it, taken
 * while writing and compared while reading. That hash has a key, which is beside the
 * file: a checkpoint that somebody edited is passed over, also where its hash was
 * made to fit. lowdb's own file adapter loses data when several processes write,
 * hence an adapter of ours.
 */
import { createHmac, type Hmac } from 'node:crypto';
import { closeSync, readSync, renameSync, statSync } from 'node:fs';
import { type FileHandle, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Adapter } from 'lowdb';
import { v4 as randomId } from 'uuid';
import type { Checkpoint, CheckpointForm, Position } from '../event-store.ts';
import { errorCode } from '../../files/error-code.ts';
import { diskFiles } from '../../files/file-layer.ts';
import { createOwnFile } from '../../files/modes.ts';
import { isOddFile, openRegular, openRegularFile } from '../../files/regular-file.ts';
import { removeStaleTemporaries } from '../../files/write-whole.ts';
import { checkpointKey, makeCheckpointKey } from './checkpoint-key.ts';
import type { RecordPlace } from './journal-reader.ts';
import { isPosition } from './position.ts';
import { sealText, unsealText } from './record-codec.ts';

/** What stands before the state: enough to tell whether it is of use. */
export interface CheckpointHead {
  readonly position: Position;
  readonly place: RecordPlace;
  /** The time of the record there. */
  readonly at: string;
  /** The era of the journal (`Acknowledged`). */
  readonly era?: string | null;
  /** Absent in one of a version that named none. */
  readonly form?: CheckpointForm;
}

export interface StoredCheckpoint extends Checkpoint, CheckpointHead {}

const headEnd = ',"sections":{';
const lastLine = /^\},"hash":"([0-9a-f]{32})"\}$/;
const chunkBytes = 256 * 1024;

export function checkpointPath(dir: string): string {
  return join(dir, 'db.json');
}

/** Nobody starts from it any more; it stays beside its place. Gives its new name. */
export function setCheckpointAside(dir: string): string {
  const name = `db.json.${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.aside`;
  renameSync(checkpointPath(dir), join(dir, name));
  return name;
}

/** The head alone, a few hundred bytes; `null` where there is none or it is not sound. */
export function readCheckpointHead(dir: string): (CheckpointHead & { readonly bytes: number }) | null {
  const path = checkpointPath(dir);
  let descriptor: number;
  try {
    descriptor = openRegular(path);
  } catch (error) {
    if (isOddFile(error)) return null;
    throw error;
  }
  try {
    const start = Buffer.alloc(1024);
    const count = readSync(descriptor, start, 0, start.length, 0);
    const head = parseHead(start.toString('utf8', 0, Math.max(0, start.indexOf(0x0a))));
    return head && count > 0 ? { ...head, bytes: statSync(path).size } : null;
  } finally {
    closeSync(descriptor);
  }
}

export class CheckpointAdapter implements Adapter<StoredCheckpoint | null> {
  readonly #path: string;
  readonly #keyFolder: string;

  /** `keyFolder`: of the federation, where the checkpoint was set aside. */
  constructor(path: string, keyFolder: string = dirname(path)) {
    this.#path = path;
    this.#keyFolder = keyFolder;
  }

  /** `null` where there is none, or where it is damaged. */
  async read(): Promise<StoredCheckpoint | null> {
    let handle: FileHandle;
    try {
      handle = await openRegularFile(this.#path);
    } catch (error) {
      if (isOddFile(error)) return null;
      throw error;
    }
    try {
      const key = checkpointKey(this.#keyFolder);
      return key === null ? null : await readDatabase(handle, key);
    } finally {
      await handle.close();
    }
  }

  async write(checkpoint: StoredCheckpoint | null): Promise<void> {
    if (!checkpoint) return;
    removeStaleTemporaries(this.#path);
    const temporary = `${this.#path}.${randomId()}.tmp`;
    try {
      const handle = await createOwnFile(temporary);
      try {
        await writeDatabase(handle, checkpoint, makeCheckpointKey(this.#keyFolder));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await replace(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    diskFiles.syncFolder(dirname(this.#path));
  }
}

async function writeDatabase(handle: FileHandle, { sections, ...head }: StoredCheckpoint, key: string): Promise<void> {
  const out = new HashedWriter(handle, key);
  await out.put(`{"head":${sealText(head)}${headEnd}\n`);
  let isFirst = true;
  for (const [name, records] of Object.entries(sections)) {
    await out.put(`${isFirst ? '' : ',\n'}${JSON.stringify(name)}:[`);
    isFirst = false;
    let separator = '\n';
    for (const record of records) {
      const written = out.put(`${separator}${JSON.stringify(record)}`);
      if (written !== undefined) await written;
      separator = ',\n';
    }
    await out.put('\n]');
  }
  await out.put(isFirst ? '}' : '\n}');
  await out.end((hash) => `,"hash":"${hash.slice(0, 32)}"}\n`);
}

/**
 * Gathers text in one buffer and writes it when that is full. Each write is a
 * turn of the event loop: 270 records of 950 bytes, about 3 ms. Text joined to
 * such pieces would be garbage that only a full collection finds: a server with
 * 100,000 open tasks peaked at 286 MB that way, and does at 255 MB.
 */
class HashedWriter {
  readonly #handle: FileHandle;
  readonly #hash: Hmac;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #used = 0;

  constructor(handle: FileHandle, key: string) {
    this.#handle = handle;
    this.#hash = createHmac('sha256', key);
  }

  /** A promise where something had to be written to make room. */
  put(text: string): Promise<void> | undefined {
    // UTF-8 takes three bytes a character at most.
    if (text.length * 3 > this.#buffer.length - this.#used) return this.#putAfterWriting(text);
    this.#used += this.#buffer.write(text, this.#used);
    return undefined;
  }

  /** Writes the rest, then what follows from the hash of all of it. */
  async end(last: (hash: string) => string): Promise<void> {
    await this.#flush();
    await this.#write(Buffer.from(last(this.#hash.digest('hex'))));
  }

  async #putAfterWriting(text: string): Promise<void> {
    await this.#flush();
    if (text.length * 3 <= this.#buffer.length) {
      this.#used = this.#buffer.write(text);
      return;
    }
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    await this.#write(bytes);
  }

  async #flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    this.#hash.update(bytes);
    await this.#write(bytes);
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) done += (await this.#handle.write(bytes, done)).bytesWritten;
  }
}

async function readDatabase(handle: FileHandle, key: string): Promise<StoredCheckpoint | null> {
  const hash = createHmac('sha256', key);
  const sections: Record<string, unknown[]> = {};
  let head: CheckpointHead | undefined;
  let section: unknown[] | undefined;

  try {
    for await (const line of linesOf(handle)) {
      const end = section ? null : lastLine.exec(line);
      if (end) {
        hash.update('}');
        return head && hash.digest('hex').startsWith(end[1] ?? '-') ? { ...head, sections } : null;
      }
      hash.update(line);
      hash.update('\n');
      if (!head) {
        head = parseHead(line);
        if (!head) return null;
      } else if (!section) {
        section = [];
        sections[parseSectionName(line)] = section;
      } else if (line === ']' || line === '],') {
        section = undefined;
      } else {
        section.push(withSharedEmpties(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line)));
      }
    }
  } catch (error) {
    // Damaged text; the journal has everything.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return null;
}

const emptyList: readonly never[] = [];
const emptyRow = Object.freeze({});

/**
 * The row with one empty list and one empty object for all rows, which never change: a row of an open task has a dozen of
 * them, a quarter of its 2 KB.
 */
function withSharedEmpties(row: unknown): unknown {
  if (!isObject(row)) return row;
  for (const name in row) {
    const value = row[name];
    if (Array.isArray(value)) {
      if (value.length === 0) row[name] = emptyList;
    } else if (isObject(value) && isEmpty(value)) row[name] = emptyRow;
  }
  return row;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  for (const _name in value) return false;
  return true;
}

async function* linesOf(handle: FileHandle): AsyncGenerator<string, void, undefined> {
  let buffer = Buffer.allocUnsafe(chunkBytes);
  let have = 0;
  for (;;) {
    if (have === buffer.length) buffer = Buffer.concat([buffer], have * 2);
    const { bytesRead } = await handle.read(buffer, have, buffer.length - have);
    if (bytesRead === 0) return;
    have += bytesRead;
    const bytes = buffer.subarray(0, have);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      yield bytes.toString('utf8', start, end);
      start = end + 1;
    }
    buffer.copyWithin(0, start, have);
    have -= start;
  }
}

function parseSectionName(line: string): string {
  const name: unknown = JSON.parse(line.slice(0, -':['.length));
  if (typeof name !== 'string') throw new SyntaxError('Expected the name of a section');
  return name;
}

function parseHead(line: string): CheckpointHead | undefined {
  if (!line.startsWith('{"head":') || !line.endsWith(headEnd)) return undefined;
  const value = unsealText(line.slice('{"head":'.length, -headEnd.length));
  if (!isHead(value)) return undefined;
  const { position, place, at } = value;
  return {
    position,
    place,
    at,
    ...('era' in value && typeof value.era === 'string' ? { era: value.era } : {}),
    ...('form' in value && isForm(value.form) ? { form: value.form } : {}),
  };
}

function isHead(value: unknown): value is CheckpointHead {
  return (
    typeof value === 'object' &&
    value !== null &&
    'position' in value &&
    isPosition(value.position) &&
    'at' in value &&
    typeof value.at === 'string' &&
    'place' in value &&
    isPlace(value.place)
  );
}

function isForm(value: unknown): value is CheckpointForm {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    typeof value.schema === 'number' &&
    'program' in value &&
    typeof value.program === 'string'
  );
}

function isPlace(value: unknown): value is RecordPlace {
  return (
    typeof value === 'object' &&
    value !== null &&
    'segment' in value &&
    typeof value.segment === 'number' &&
    'offset' in value &&
    typeof value.offset === 'number' &&
    'final' in value &&
    typeof value.final === 'boolean'
  );
}

// On Windows a reader can keep a file from being replaced for a moment.
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isPassing = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !isPassing || attempt === 5) throw error;
      await sleep(20 * attempt);
    }
  }
}
