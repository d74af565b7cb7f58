/**
 * One write, read back, and the verdict: the compare-and-swap of the journal.
 * Never two records in a write, nor a second write before the first one's verdict.
 */
import type { Position } from '../event-store.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import { errorCode } from '../../files/error-code.ts';
import type { JournalReader } from './journal-reader.ts';
import type { EncodedRecord } from './record-codec.ts';
import { openSegmentForAppending, segmentLabel } from './segments.ts';
import { outcomeUnknown, unavailable } from './store-errors.ts';

/** Ends a line that someone else left unfinished; the whole line is void then. */
const voidMark = Buffer.from('~\n');
/** A write that falls short is judged, never continued; after so many the disk counts as unusable. */
const mostShortWrites = 3;

export interface OwnRecord extends EncodedRecord {
  readonly position: Position;
  readonly at: string;
  readonly final: boolean;
}

export class JournalWriter {
  readonly #files: FileLayer;
  readonly #dir: string;
  readonly #release: (descriptor: number) => void;
  #open: { readonly segment: number; readonly descriptor: number } | undefined;

  /** `release` gets descriptors that are done with; a sync may still be using them. */
  constructor(files: FileLayer, dir: string, release: (descriptor: number) => void) {
    this.#files = files;
    this.#dir = dir;
    this.#release = release;
  }

  /** The descriptor it appends to `segment` with, if it has one. */
  descriptorFor(segment: number): number | undefined {
    return this.#open?.segment === segment ? this.#open.descriptor : undefined;
  }

  /**
   * Writes the record behind everything the reader has read, and reads it back.
   * @returns whether it is the committed one; `false`: another has the place.
   * @throws StoreError `store-unavailable`: not committed, and never will be;
   *   `outcome-unknown`: it was written and its verdict could not be read.
   */
  commit(reader: JournalReader, own: OwnRecord): boolean {
    const descriptor = this.#openFor(reader.segment);
    for (let attempt = 1; ; attempt++) {
      const bytes = reader.window?.endsInsideLine ? Buffer.concat([voidMark, own.line]) : own.line;
      const { written, error } = this.#write(descriptor, bytes);
      const isMine = readBack(reader, own);
      if (isMine !== undefined) return isMine;
      if (error !== undefined) {
        // A full disk keeps its descriptor; after anything else a fresh one is due.
        if (errorCode(error) !== 'ENOSPC') this.close();
        throw unavailable(`write to ${segmentLabel(reader.segment)}`, error);
      }
      if (written === bytes.length) {
        throw outcomeUnknown(
          `Record ${own.position.seq} was written but is no longer in the journal: was it replaced?`,
        );
      }
      if (attempt === mostShortWrites) {
        throw unavailable(
          `write to ${segmentLabel(reader.segment)}`,
          new Error(`only ${written} of ${bytes.length} bytes were written`),
        );
      }
    }
  }

  close(): void {
    if (this.#open) this.#release(this.#open.descriptor);
    this.#open = undefined;
  }

  #openFor(segment: number): number {
    if (this.#open?.segment === segment) return this.#open.descriptor;
    this.close();
    try {
      const descriptor = openSegmentForAppending(this.#files, this.#dir, segment);
      this.#open = { segment, descriptor };
      return descriptor;
    } catch (error) {
      throw unavailable(`open ${segmentLabel(segment)} for writing`, error);
    }
  }

  #write(descriptor: number, bytes: Buffer): { readonly written: number; readonly error: unknown } {
    try {
      return { written: this.#files.append(descriptor, bytes), error: undefined };
    } catch (error) {
      // It may have been written all the same: the bytes in the file decide.
      return { written: 0, error };
    }
  }
}

/** Whether ours is the committed record; `undefined` where neither ours nor another's is there. */
function readBack(reader: JournalReader, own: OwnRecord): boolean | undefined {
  try {
    if (!own.final && reader.acceptOwn(own.line, own.position, own.at)) return true;
    const next = reader.peek();
    if (next?.hash === own.hash) {
      reader.accept();
      return true;
    }
    if (reader.head.hash === own.hash) return true;
    if (next || reader.head.seq >= own.position.seq) return false;
  } catch (error) {
    throw outcomeUnknown(`Record ${own.position.seq} was written but could not be read back: ${String(error)}.`);
  }
  if (reader.fault || reader.needsFullRead) {
    throw outcomeUnknown(`Record ${own.position.seq} was written, but the records before it cannot be checked.`);
  }
  return undefined;
}
