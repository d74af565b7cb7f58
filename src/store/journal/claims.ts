/**
 * What was acknowledged, on record outside the journal. An end cut off looks
 * like a torn write, so the checkpoint and each presence file claim the highest
 * acknowledged position; a journal that lacks one has lost something.
 */
import { join } from 'node:path';
import type { Position } from '../event-store.ts';
import { readCheckpointHead, removeCheckpoint } from './checkpoint-file.ts';
import { diskFiles, type FileLayer } from '../../files/file-layer.ts';
import { isOddFile, readRegularSync } from '../../files/regular-file.ts';
import { JournalReader } from './journal-reader.ts';
import { isPosition } from './position.ts';
import { sealText, unsealText } from './record-codec.ts';
import { readSessions } from './session-files.ts';
import { readOnly } from './store-errors.ts';
import { writeWhole } from '../../files/write-whole.ts';

export interface Claim {
  readonly position: Position;
  /** Whose claim it is, for the message: a file's name. */
  readonly source: string;
}

/** The claims in the folder, without those whose loss was accepted. Read them before the journal, never after. */
export function readClaims(dir: string): readonly Claim[] {
  const accepted = new Set(readAccepted(dir).map(({ seq, hash }) => `${seq} ${hash}`));
  const claims: Claim[] = [];
  const checkpoint = readCheckpointHead(dir);
  if (checkpoint) claims.push({ position: checkpoint.position, source: 'db.json' });
  for (const { file, acknowledged } of readSessions(dir)) {
    if (acknowledged) claims.push({ position: acknowledged, source: `sessions/${file}` });
  }
  return claims.filter(({ position }) => !accepted.has(`${position.seq} ${position.hash}`));
}

/** The claim that reaches furthest of those a journal, read to its end, does not hold. */
export function lackingClaim(reader: JournalReader, claims: Iterable<Claim>): Claim | undefined {
  let furthest: Claim | undefined;
  for (const claim of claims) {
    const { seq, hash } = claim.position;
    const held = seq > reader.head.seq ? null : reader.hashAt(seq);
    // Before a checkpoint nothing was read, and its own hash vouches for what came before.
    if (held === undefined || held === hash) continue;
    if (!furthest || seq > furthest.position.seq) furthest = claim;
  }
  return furthest;
}

/**
 * Accepts that the journal lacks acknowledged records: from now on it is written
 * to again. Clients that are running keep refusing until they are restarted.
 * @returns the positions given up, the furthest last; empty where nothing is lacking.
 * @throws StoreError `corrupt-store` where the journal cannot be read to its end.
 */
export function acceptLoss(dir: string, files: FileLayer = diskFiles): readonly Position[] {
  const claims = readClaims(dir);
  const reader = new JournalReader(files, dir);
  try {
    while (reader.peek()) reader.accept();
    if (reader.fault) throw readOnly(reader.fault);
    const lost = claims.filter((claim) => lackingClaim(reader, [claim]) !== undefined);
    if (lost.length === 0) return [];
    const positions = lost.map((claim) => claim.position).sort((a, b) => a.seq - b.seq);
    writeWhole(acceptedPath(dir), sealText({ accepted: [...readAccepted(dir), ...positions] }));
    if (lost.some((claim) => claim.source === 'db.json')) removeCheckpoint(dir);
    return positions;
  } finally {
    reader.close();
  }
}

function acceptedPath(dir: string): string {
  return join(dir, 'accepted-loss.json');
}

function readAccepted(dir: string): readonly Position[] {
  try {
    const value = unsealText(readRegularSync(acceptedPath(dir)).toString());
    return isAcceptedLoss(value) ? value.accepted.filter(isPosition) : [];
  } catch (error) {
    // Nothing is accepted then, and the loss shows.
    if (isOddFile(error)) return [];
    throw error;
  }
}

function isAcceptedLoss(value: unknown): value is { readonly accepted: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'accepted' in value && Array.isArray(value.accepted);
}
