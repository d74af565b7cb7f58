/**
 * What a backup and a snapshot hold: the journal up to its last sound record, the losses that were accepted, and the
 * configuration. Everything else in the folder follows from these, is of this machine (sessions, tokens, runs), or is
 * about the present.
 *
 * A journal only grows, and its chain says how far it is sound: a copy taken while others write is consistent, and ends
 * with some record.
 */
import { closeSync, createReadStream, fsyncSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf } from '../files/bytes-of.ts';
import { diskFiles } from '../files/file-layer.ts';
import { createOwn, makeOwnFolder } from '../files/modes.ts';
import { isOddFile, readRegularSync } from '../files/regular-file.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { Position, StoredRecord } from '../store/event-store.ts';
import { acceptedLossesFile } from '../store/journal/accepted-losses.ts';
import { readWhole, type WholeJournal } from '../store/journal/read-whole.ts';
import { segmentLabel, segmentOf, segmentPath } from '../store/journal/segments.ts';
import { unavailable } from '../store/journal/store-errors.ts';

export const configFile = 'config.json';

export interface CopiedFile {
  /** Its path in the folder of the federation, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Exactly so many bytes, in pieces. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

export interface StoreCopy {
  /** The last record in it; seq 0: none. */
  readonly head: Position;
  /** Its time; `''`: none. */
  readonly headAt: string;
  readonly files: readonly CopiedFile[];
}

/** Whether a file of this name belongs in a copy: nothing else is taken out of a backup. */
export function isCopied(name: string): boolean {
  if (name === configFile || name === acceptedLossesFile) return true;
  const [folder, file = '', ...more] = name.split('/');
  return folder === 'journal' && more.length === 0 && segmentOf(file) !== undefined;
}

/**
 * Reads the whole journal, and gives what is to be copied of the folder; every record goes to `fold`.
 * @throws StoreError where the journal is damaged, lacks something, or cannot be read.
 */
export async function copyOf(
  dir: string,
  fold: (record: StoredRecord) => void = () => undefined,
  lead?: string,
): Promise<StoreCopy> {
  // Before the journal: what they name is in it.
  const small = [configFile, acceptedLossesFile].flatMap((name) => smallFile(dir, name));
  const whole = await readSound(dir, fold, lead);
  const { head, headAt } = whole.chain;
  return { head, headAt, files: [...small, ...segmentsOf(dir, whole)] };
}

/** What goes on with a refusal that was worded already; anything else is the disk's. */
export function refusal(action: string, error: unknown): FederationError {
  return error instanceof FederationError ? error : unavailable(action, error);
}

/** As `readWhole`, of a journal that is whole; `lead` begins the refusal of any other. @throws StoreError */
export async function readSound(
  dir: string,
  fold: (record: StoredRecord) => void,
  lead = 'A damaged journal is not copied',
): Promise<WholeJournal> {
  let whole: WholeJournal;
  try {
    whole = await readWhole(diskFiles, dir, fold);
  } catch (error) {
    throw unavailable('read the journal', error);
  }
  const { fault } = whole;
  if (fault === null) return whole;
  const code = fault.code === 'outcome-unknown' ? 'store-unavailable' : fault.code;
  throw new StoreError(code, `${lead}: ${fault.message}`, fault.next);
}

/** Writes a copy to a folder that is not there yet, durably. */
export async function writeCopy({ files }: StoreCopy, to: string): Promise<void> {
  diskFiles.makeFolder(join(to, 'journal'));
  for (const { name, content } of files) {
    await writeNew(join(to, name), content());
  }
  syncFolders(to);
}

export async function writeNew(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  makeOwnFolder(dirname(path));
  const descriptor = createOwn(path);
  try {
    for await (const bytes of content) {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function syncFolders(dir: string): void {
  diskFiles.syncFolder(join(dir, 'journal'));
  diskFiles.syncFolder(dir);
  diskFiles.syncFolder(dirname(dir));
}

function smallFile(dir: string, name: string): CopiedFile[] {
  try {
    const bytes = readRegularSync(join(dir, name));
    return [{ name, bytes: bytes.length, content: () => once(bytes) }];
  } catch (error) {
    if (isOddFile(error)) return [];
    throw unavailable(`read ${name}`, error);
  }
}

function segmentsOf(dir: string, { chain }: WholeJournal): CopiedFile[] {
  const { head, headPlace } = chain;
  if (head.seq === 0) return [];
  const closed = headPlace.final ? headPlace.segment : headPlace.segment - 1;
  const files: CopiedFile[] = [];
  for (let segment = 1; segment <= closed; segment += 1) {
    const size = diskFiles.facts(segmentPath(dir, segment))?.size ?? 0;
    files.push(segmentFile(dir, segment, size, null));
  }
  // What is behind the last record is nobody's yet, or void.
  const offset = headPlace.final ? 0 : headPlace.offset;
  files.push(segmentFile(dir, closed + 1, offset, offset === 0 ? null : Buffer.from('\n')));
  return files;
}

function segmentFile(dir: string, segment: number, size: number, end: Buffer | null): CopiedFile {
  return {
    name: segmentLabel(segment),
    bytes: size + (end?.length ?? 0),
    content: async function* () {
      let left = size;
      if (size > 0) {
        for await (const bytes of bytesOf(createReadStream(segmentPath(dir, segment), { end: size - 1 }))) {
          left -= bytes.length;
          yield bytes;
        }
      }
      if (left > 0) throw shrank(segment);
      if (end !== null) yield end;
    },
  };
}

function shrank(segment: number): StoreError {
  return new StoreError(
    'store-unavailable',
    `${segmentLabel(segment)} was replaced while it was copied.`,
    'Try again.',
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
