/** The whole journal of a folder, read to its end and held against everything that was acknowledged. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileLayer } from '../../files/file-layer.ts';
import type { StoredRecord, StoreFault } from '../event-store.ts';
import { readAcceptedLosses } from './accepted-losses.ts';
import { type Claim, lackingClaims, readClaims } from './claims.ts';
import { JournalReader } from './journal-reader.ts';
import { lostEndFault } from './store-errors.ts';

export interface WholeJournal {
  /** What is wrong with it; null: nothing. */
  readonly fault: StoreFault | null;
  /** The chain as far as it is sound. */
  readonly chain: Pick<JournalReader, 'head' | 'headAt' | 'headPlace' | 'hashAt'>;
  /** What was acknowledged and is lacking, the furthest last. */
  readonly lacking: readonly Claim[];
}

const recordsPerTurn = 500;

/** Every sound record goes to `fold`. @throws the system's error where it cannot be read now. */
export async function readWhole(
  files: FileLayer,
  dir: string,
  fold: (record: StoredRecord) => void,
): Promise<WholeJournal> {
  // Before the journal: whatever was acknowledged before this line is in it.
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
    const lacking = lackingClaims(reader, claims, readAcceptedLosses(dir));
    const furthest = lacking.at(-1);
    const lostEnd =
      furthest === undefined ? null : lostEndFault(furthest.position.seq, furthest.position.hash, furthest.source);
    return { fault: reader.fault ?? lostEnd ?? unclosed, chain: reader, lacking };
  } finally {
    reader.close();
  }
}
