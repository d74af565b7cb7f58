/**
 * Reads the journal backward from a known record. Each record names the hash
 * of the one before it, so what comes out is verified link by link, and lost or
 * void bytes in between are passed over.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { origin, type Position } from '../event-store.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import type { ReadFrom, RecordPlace } from './journal-reader.ts';
import { type SoundRecord, soundRecordsIn } from './record-codec.ts';
import { segmentPath } from './segments.ts';

const stepBytes = 64 * 1024;
/** How many hashes before a known record are read, to judge late writers by. */
const stretchBefore = 64;

/**
 * The records from `head` backward, newest first, the files' final ones among them.
 * Ends at the first record, or where the files no longer hold the next link.
 */
export async function* lookBack(
  files: FileLayer,
  dir: string,
  head: Position,
  place: RecordPlace,
): AsyncGenerator<SoundRecord, void, undefined> {
  let wanted = head.hash;
  for (let segment = place.segment; segment >= 1 && wanted !== origin.hash; segment--) {
    const limit = segment === place.segment ? place.offset : undefined;
    for (const lines of linesBackward(files, segmentPath(dir, segment), limit)) {
      const found = new Map(lines.map((record) => [record.hash, record]));
      for (let record = found.get(wanted); record; record = found.get(wanted)) {
        yield record;
        wanted = record.prev;
      }
      await nextTurn();
    }
  }
}

/** From where to read on behind a known record: with the end of the chain before it. */
export async function knownEnd(
  files: FileLayer,
  dir: string,
  { position, place, at }: { readonly position: Position; readonly place: RecordPlace; readonly at: string },
): Promise<ReadFrom> {
  const earlier: Position[] = [];
  for await (const record of lookBack(files, dir, position, place)) {
    earlier.unshift({ seq: record.seq - 1, hash: record.prev });
    if (earlier.length === stretchBefore) break;
  }
  const [first, ...rest] = earlier;
  return { stretch: first === undefined ? [position] : [first, ...rest, position], place, at };
}

/** The sound records of a file, chunk by chunk from its end; within a chunk in no useful order. */
function* linesBackward(
  files: FileLayer,
  path: string,
  limit: number | undefined,
): Generator<readonly SoundRecord[], void, undefined> {
  const descriptor = files.openForReading(path);
  if (descriptor === undefined) return;
  try {
    let end = limit ?? files.facts(path)?.size ?? 0;
    for (let step = stepBytes; end > 0;) {
      const from = Math.max(0, end - step);
      const bytes = readRange(files, descriptor, from, end);
      // What comes before the first newline may have begun earlier: it is left for the next chunk.
      const firstLine = from === 0 ? 0 : bytes.indexOf(0x0a) + 1;
      if (from > 0 && firstLine === 0) {
        step *= 2;
        continue;
      }
      yield recordsIn(bytes, firstLine);
      end = from + firstLine;
      // A chunk that began right behind a newline would be read for ever.
      if (firstLine === bytes.length) step *= 2;
      else step = stepBytes;
    }
  } finally {
    files.close(descriptor);
  }
}

function recordsIn(bytes: Buffer, start: number): SoundRecord[] {
  const records: SoundRecord[] = [];
  for (let at = start; at < bytes.length;) {
    const newline = bytes.indexOf(0x0a, at);
    const lineEnd = newline === -1 ? bytes.length : newline;
    records.push(...soundRecordsIn(bytes, at, lineEnd));
    at = lineEnd + 1;
  }
  return records;
}

function readRange(files: FileLayer, descriptor: number, from: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - from);
  let have = 0;
  while (have < bytes.length) {
    const count = files.read(descriptor, bytes, have, bytes.length - have, from + have);
    if (count === 0) break;
    have += count;
  }
  return bytes.subarray(0, have);
}
