/**
 * What a journal lacks for good: a record that cannot be read and everything
 * behind it, a missing file, or an end without records that were acknowledged.
 */
import { join } from 'node:path';
import type { Position, StoredRecord, StoreFault } from '../event-store.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import { readRegularSync } from '../../files/regular-file.ts';
import { acceptedLossesFile } from './accepted-losses.ts';
import { type Claim, readClaims } from './claims.ts';
import { readWhole } from './read-whole.ts';
import { type SoundRecord, soundRecordsIn } from './record-codec.ts';
import { segmentPath, segmentsIn } from './segments.ts';
import { readOnly } from './store-errors.ts';

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

/**
 * Reads the whole journal; every sound record goes to `fold`. `null`: nothing is lost.
 * @throws StoreError where a newer version has written to it, or it cannot be read now.
 */
export async function findLoss(
  files: FileLayer,
  dir: string,
  fold: (record: StoredRecord) => void,
): Promise<Loss | null> {
  const { fault, chain, lacking } = await readWhole(files, dir, fold);
  if (fault?.code === 'store-unavailable') throw readOnly(fault);
  if (fault === null) return null;
  const { head: kept, headAt: keptAt, headPlace: keptPlace } = chain;
  const segment = keptPlace.final ? keptPlace.segment + 1 : keptPlace.segment;
  const offset = keptPlace.final ? 0 : keptPlace.offset;
  const later = segmentsIn(dir).filter((number) => number > segment);
  const inode = files.facts(segmentPath(dir, segment))?.inode;
  return { fault, kept, keptAt, claims: lacking, segment, offset, inode, later };
}

/**
 * The records that can still be read behind what is kept, here and where an
 * attempt before this one kept them aside. Nothing vouches for all of them.
 */
export function* recordsBehind(
  dir: string,
  loss: Pick<Loss, 'kept' | 'segment' | 'later'>,
): Generator<SoundRecord, void, undefined> {
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
export function furthestAcknowledged(dir: string, loss: Pick<Loss, 'kept' | 'claims'>): Position | null {
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
