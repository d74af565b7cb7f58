/**
 * What a journal lacks for good: a record that cannot be read and everything
 * behind it, a missing file, or an end without records that were acknowledged.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Position, StoredRecord, StoreFault } from '../event-store.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import { readRegularSync } from '../../files/regular-file.ts';
import { acceptedLossesFile, readAcceptedLosses } from './accepted-losses.ts';
import { type Claim, lackingClaims, readClaims } from './claims.ts';
import { JournalReader } from './journal-reader.ts';
import { type SoundRecord, soundRecordsIn } from './record-codec.ts';
import { journalFolder, segmentOf, segmentPath } from './segments.ts';
import { lostEndFault, readOnly } from './store-errors.ts';

export interface Loss {
  /** As everyone is told of it. */
  readonly fault: StoreFault;
  /** The last record that is sound. */
  readonly kept: Position;
  /** Its time; `''` where none is sound. */
  readonly keptAt: string;
  /** What was acknowledged and is lacking, the furthest last. */
  readonly claims: readonly Claim[];
  /** The file that the chain will go on in, from `offset`: what is behind that in it is lost. */
  readonly segment: number;
  readonly offset: number;
  /** Of that file as it was looked at; undefined: there is none. */
  readonly inode: bigint | undefined;
  /** Files after that one, all of them lost. */
  readonly later: readonly number[];
}

/** Where the old files are kept, below the federation's folder. */
export function lostFolder({ kept }: Pick<Loss, 'kept'>): string {
  return `lost/after-${kept.seq}`;
}

const recordsPerTurn = 500;

/**
 * Reads the whole journal; every sound record goes to `fold`. `null`: nothing is lost.
 * @throws StoreError where a newer version has written to it, or it cannot be read now.
 */
export async function findLoss(
  files: FileLayer,
  dir: string,
  fold: (record: StoredRecord) => void,
): Promise<Loss | null> {
  const claims = readClaims(dir);
  const reader = new JournalReader(files, dir);
  try {
    let unclosed: StoreFault | 'read on' | null = 'read on';
    while (unclosed === 'read on') {
      for (let count = 1; reader.peek(); count++) {
        fold(reader.accept());
        if (count % recordsPerTurn === 0) await nextTurn();
      }
      unclosed = reader.fault === null ? reader.unclosed() : null;
    }
    if (reader.fault?.code === 'store-unavailable') throw readOnly(reader.fault);
    const lacking = lackingClaims(reader, claims, readAcceptedLosses(dir));
    const furthest = lacking.at(-1);
    const lostEnd =
      furthest === undefined ? null : lostEndFault(furthest.position.seq, furthest.position.hash, furthest.source);
    const fault = reader.fault ?? lostEnd ?? unclosed;
    if (fault === null) return null;
    const { head: kept, headAt: keptAt, headPlace: keptPlace } = reader;
    const segment = keptPlace.final ? keptPlace.segment + 1 : keptPlace.segment;
    const offset = keptPlace.final ? 0 : keptPlace.offset;
    const later = segmentsIn(dir).filter((number) => number > segment);
    const inode = files.facts(segmentPath(dir, segment))?.inode;
    return { fault, kept, keptAt, claims: lacking, segment, offset, inode, later };
  } finally {
    reader.close();
  }
}

/**
 * The records that can still be read behind what is kept, here and where an
 * attempt before this one kept them aside. Nothing vouches for all of them.
 */
export function* recordsBehind(dir: string, loss: Loss): Generator<SoundRecord, void, undefined> {
  const seen = new Set<string>();
  const aside = join(dir, lostFolder(loss));
  const files = [
    ...[loss.segment, ...loss.later].map((number) => segmentPath(dir, number)),
    ...segmentsIn(aside).map((number) => segmentPath(aside, number)),
  ];
  for (const path of files) {
    for (const record of soundRecordsOf(readIfThere(path))) {
      if (record.seq <= loss.kept.seq || seen.has(record.hash)) continue;
      seen.add(record.hash);
      yield record;
    }
  }
}

/** What was acknowledged and is lacking, as far as anyone says; also what an attempt before this one kept aside. */
export function furthestAcknowledged(dir: string, loss: Loss): Position | null {
  const aside = readClaims(join(dir, lostFolder(loss)));
  const claims = [...loss.claims, ...aside].filter(({ source }) => source !== acceptedLossesFile);
  return (
    claims
      .map(({ position }) => position)
      .sort((one, other) => one.seq - other.seq)
      .at(-1) ?? null
  );
}

function* soundRecordsOf(bytes: Buffer): Generator<SoundRecord, void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(0x0a, at);
    const lineEnd = newline === -1 ? bytes.length : newline;
    yield* soundRecordsIn(bytes, at, lineEnd);
    at = lineEnd + 1;
  }
}

function readIfThere(path: string): Buffer {
  try {
    return readRegularSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

function segmentsIn(dir: string): number[] {
  try {
    return readdirSync(journalFolder(dir))
      .flatMap((name) => segmentOf(name) ?? [])
      .sort((one, other) => one - other);
  } catch {
    return [];
  }
}
