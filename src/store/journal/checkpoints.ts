/** When a checkpoint is worth writing, and whether the one there is of use. */
import { statSync } from 'node:fs';
import { type Checkpoint, type CheckpointForm, isSameForm } from '../event-store.ts';
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

const none = { seq: 0, place: { segment: 1, offset: 0, final: false }, bytes: 0 };

export class Checkpoints {
  readonly #files: FileLayer;
  readonly #dir: string;
  readonly #segmentBytes: number;
  /** The newest known on disk that is of use. */
  #last: { readonly seq: number; readonly place: RecordPlace; readonly bytes: number } = none;
  #form: CheckpointForm | null = null;
  /** Differs from process to process: of eight that see the journal grow, one is to write a checkpoint, not all at once. */
  readonly #patience = 1 + 2 * Math.random();

  constructor(files: FileLayer, dir: string, segmentBytes: number) {
    this.#files = files;
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
  }

  /** The one on disk, if it is of this form, sound, and the journal holds the record it was taken at. */
  async load(form: CheckpointForm | null): Promise<StoredCheckpoint | null> {
    this.#form = form;
    const head = readCheckpointHead(this.#dir);
    if (!head || !this.#isOfUse(head)) return null;
    const { Low } = await import('lowdb');
    const database = new Low<StoredCheckpoint | null>(new CheckpointAdapter(checkpointPath(this.#dir)), null);
    await database.read();
    const found = database.data;
    if (!found || !this.#isOfUse(found)) return null;
    this.#last = { seq: found.position.seq, place: found.place, bytes: head.bytes };
    return found;
  }

  /** Whether one at `here` is worth its time now. Costs nothing when it is not. */
  isDue(when: 'grown' | 'idle' | 'exit', here: CheckpointHead): boolean {
    if (!this.#form || !this.#isDueAfterLast(when, here)) return false;
    // Another process may have written one meanwhile.
    const head = readCheckpointHead(this.#dir);
    // Where something else stands in its place, it could not be put there.
    if (!head) return !isTaken(checkpointPath(this.#dir));
    // One of another form or another journal saves this program nothing; if it is newer, another program is at work.
    if (!this.#isInJournal(head)) return true;
    if (!this.#isOfForm(head)) return head.position.seq <= here.position.seq;
    this.#last = { seq: head.position.seq, place: head.place, bytes: head.bytes };
    return this.#isDueAfterLast(when, here);
  }

  #isDueAfterLast(when: 'grown' | 'idle' | 'exit', here: CheckpointHead): boolean {
    if (here.position.seq <= this.#last.seq) return false;
    const { place, bytes } = this.#last;
    const tail = (here.place.segment - place.segment) * this.#segmentBytes + here.place.offset - place.offset;
    switch (when) {
      case 'grown':
        return tail > Math.max(leastGrowth, bytes / 2) * this.#patience;
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
    if (this.#form) database.data = { ...here, form: this.#form, sections: checkpoint.sections };
    await database.write();
    const written = readCheckpointHead(this.#dir);
    if (written) this.#last = { seq: written.position.seq, place: written.place, bytes: written.bytes };
  }

  #isOfForm({ form }: CheckpointHead): boolean {
    return this.#form !== null && form !== undefined && isSameForm(form, this.#form);
  }

  #isOfUse(head: CheckpointHead): boolean {
    return this.#isOfForm(head) && this.#isInJournal(head);
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

/** By what no file can replace; a damaged checkpoint can. */
function isTaken(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

function countRecords({ sections }: Checkpoint): number {
  return Object.values(sections).reduce((count, records) => count + records.length, 0);
}
