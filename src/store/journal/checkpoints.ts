/** When a checkpoint is worth writing, and whether the one there is of use. */
import type { Checkpoint } from '../event-store.ts';
import {
  CheckpointAdapter,
  type CheckpointHead,
  checkpointPath,
  readCheckpointHead,
  type StoredCheckpoint,
} from './checkpoint-file.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import type { RecordPlace } from './journal-reader.ts';
import { segmentPath } from './segments.ts';

/** At exit a shorter tail is left to the next start, which folds it in about a millisecond. */
const tailWorthAnExit = 64 * 1024;
/** About 10 µs a record, fsync apart: what fits into 50 ms. */
const mostRecordsAtExit = 4_000;
const leastGrowth = 1024 * 1024;

export class Checkpoints {
  readonly #files: FileLayer;
  readonly #dir: string;
  readonly #segmentBytes: number;
  /** The newest known on disk. */
  #last: { readonly seq: number; readonly place: RecordPlace; readonly bytes: number } = {
    seq: 0,
    place: { segment: 1, offset: 0, sealed: false },
    bytes: 0,
  };

  constructor(files: FileLayer, dir: string, segmentBytes: number) {
    this.#files = files;
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
  }

  /** The one on disk, if the journal holds the record it was taken at. */
  async load(): Promise<StoredCheckpoint | null> {
    const head = readCheckpointHead(this.#dir);
    if (!head || !this.#isInJournal(head)) return null;
    const { Low } = await import('lowdb');
    const database = new Low<StoredCheckpoint | null>(new CheckpointAdapter(checkpointPath(this.#dir)), null);
    await database.read();
    const found = database.data;
    if (!found || !this.#isInJournal(found)) return null;
    this.#last = { seq: found.position.seq, place: found.place, bytes: head.bytes };
    return found;
  }

  /** Whether one at `here` is worth its time now. Costs nothing when it is not. */
  isDue(when: 'grown' | 'idle' | 'exit', here: CheckpointHead): boolean {
    if (!this.#isDueAfterLast(when, here)) return false;
    // Another process may have written one meanwhile.
    const head = readCheckpointHead(this.#dir);
    if (!head) return true;
    this.#last = { seq: head.position.seq, place: head.place, bytes: head.bytes };
    return this.#isDueAfterLast(when, here);
  }

  #isDueAfterLast(when: 'grown' | 'idle' | 'exit', here: CheckpointHead): boolean {
    if (here.position.seq <= this.#last.seq) return false;
    const { place, bytes } = this.#last;
    const tail = (here.place.segment - place.segment) * this.#segmentBytes + here.place.offset - place.offset;
    switch (when) {
      case 'grown':
        return tail > Math.max(leastGrowth, bytes / 2);
      case 'idle':
        return true;
      case 'exit':
        return tail > tailWorthAnExit;
    }
  }

  /** Writes the state at `here`, once `synced` says that the journal is durable that far. */
  async write(
    when: 'grown' | 'idle' | 'exit',
    here: CheckpointHead,
    checkpoint: Checkpoint,
    synced: () => Promise<void>,
  ): Promise<void> {
    if (when === 'exit' && countRecords(checkpoint) > mostRecordsAtExit) return;
    await synced();
    const { Low } = await import('lowdb');
    const database = new Low<StoredCheckpoint | null>(new CheckpointAdapter(checkpointPath(this.#dir)), null);
    database.data = { ...here, sections: checkpoint.sections };
    await database.write();
    const written = readCheckpointHead(this.#dir);
    if (written) this.#last = { seq: written.position.seq, place: written.place, bytes: written.bytes };
  }

  #isInJournal({ position, place }: CheckpointHead): boolean {
    const expected = Buffer.from(`,"hash":"${position.hash}"}`);
    const from = place.offset - expected.length;
    const descriptor = from < 0 ? undefined : this.#files.openForReading(segmentPath(this.#dir, place.segment));
    if (descriptor === undefined) return false;
    try {
      const there = Buffer.alloc(expected.length);
      return this.#files.read(descriptor, there, 0, there.length, from) === there.length && there.equals(expected);
    } finally {
      this.#files.close(descriptor);
    }
  }
}

function countRecords({ sections }: Checkpoint): number {
  return Object.values(sections).reduce((count, records) => count + records.length, 0);
}
