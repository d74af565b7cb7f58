/**
 * What was acknowledged, on record outside the journal. An end cut off looks
 * like a torn write, so the checkpoint, each presence file and each accepted
 * loss claim the highest acknowledged position; a journal that lacks one has
 * lost something.
 */
import { type AcceptedLoss, acceptedLossesFile, holds, readAcceptedLosses } from './accepted-losses.ts';
import { readCheckpointHead } from './checkpoint-file.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Acknowledged } from './position.ts';
import { readSessions } from './session-files.ts';

export interface Claim extends Acknowledged {
  /** Whose claim it is, for the message: a file's name. */
  readonly source: string;
}

/** The claims in the folder. Read them before the journal, never after. */
export function readClaims(dir: string): readonly Claim[] {
  const claims: Claim[] = readAcceptedLosses(dir).map(({ record }) => ({
    position: record,
    era: record.hash,
    source: acceptedLossesFile,
  }));
  const checkpoint = readCheckpointHead(dir);
  if (checkpoint) claims.push({ position: checkpoint.position, era: checkpoint.era ?? null, source: 'db.json' });
  for (const { file, acknowledged, era } of readSessions(dir)) {
    if (acknowledged) claims.push({ position: acknowledged, era, source: `sessions/${file}` });
  }
  return claims;
}

/** The claims that a journal, read to its end, does not hold and nobody has given up; the furthest last. */
export function lackingClaims(
  reader: Pick<JournalReader, 'head' | 'hashAt'>,
  claims: Iterable<Claim>,
  losses: readonly AcceptedLoss[],
): readonly Claim[] {
  const lacking = [...claims].filter(
    (claim) => !holds(reader, claim.position) && !isGivenUp(claim, losses, (loss) => holds(reader, loss.record)),
  );
  return lacking.sort((one, other) => one.position.seq - other.position.seq);
}

/** Given up by a loss of a later era that the journal holds. Of an era nobody knows, it counts. */
function isGivenUp(
  { position, era }: Claim,
  losses: readonly AcceptedLoss[],
  isInForce: (loss: AcceptedLoss) => boolean,
): boolean {
  const own = losses.findIndex(({ record }) => record.hash === era);
  if (era !== null && own === -1) return false;
  return losses.slice(own + 1).some((loss) => position.seq > loss.kept.seq && isInForce(loss));
}

/** The one that began the era a journal, read to its end, is in. */
export function lossInForce(
  reader: Pick<JournalReader, 'head' | 'hashAt'>,
  losses: readonly AcceptedLoss[],
): AcceptedLoss | undefined {
  return losses.findLast(({ record }) => holds(reader, record));
}
