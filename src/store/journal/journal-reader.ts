/**
 * Reads the journal forward, record by record, and keeps the chain. What it
 * stops at (corruption, a newer version) is its fault; it never skips what it
 * does not understand.
 */
import { isKnownEventType } from '../../domain/events.ts';
import type { Position, StoredRecord, StoreFault } from '../event-store.ts';
import { isBeingRestored } from './being-restored.ts';
import { ChainIndex } from './chain-index.ts';
import type { FileLayer } from '../../files/file-layer.ts';
import { formatVersion, type SoundRecord } from './record-codec.ts';
import { type FileChange, SegmentWindow } from './segment-window.ts';
import { hasLaterSegments, segmentLabel, segmentPath } from './segments.ts';
import {
  beingRestoredFault,
  corruptFault,
  missingFileFault,
  newerVersionFault,
  unclosedFileFault,
} from './store-errors.ts';
import { judge } from './verdict.ts';

/** A record's place in the files. */
export interface RecordPlace {
  readonly segment: number;
  /** Behind the record's closing brace, in bytes. */
  readonly offset: number;
  readonly final: boolean;
}

/** Where to begin reading, other than at the start. */
export interface ReadFrom {
  /** Positions before and at the place, in order, without gaps: the known end of the chain. */
  readonly stretch: readonly [Position, ...Position[]];
  readonly place: RecordPlace;
  /** The time of the record there. */
  readonly at: string;
}

const startPlace: RecordPlace = { segment: 1, offset: 0, final: false };

export class JournalReader {
  readonly #files: FileLayer;
  readonly #dir: string;
  readonly #chain = new ChainIndex();
  #window: SegmentWindow | undefined;
  #next: { readonly segment: number; readonly offset: number };
  #candidate: SoundRecord | undefined;
  #fault: StoreFault | null = null;
  #needsFullRead = false;
  #headPlace = startPlace;
  #headAt = '';
  readonly #release: (window: SegmentWindow) => void;
  readonly #onFinal: (record: SoundRecord) => void;

  /**
   * `release` gets windows that are done with; whoever syncs may still need their descriptors. `onFinal` is told of the
   * records that end a file, which `peek` passes over.
   */
  constructor(
    files: FileLayer,
    dir: string,
    from?: ReadFrom,
    release?: (window: SegmentWindow) => void,
    onFinal?: (record: SoundRecord) => void,
  ) {
    this.#files = files;
    this.#dir = dir;
    this.#release = release ?? ((window) => window.close());
    this.#onFinal = onFinal ?? (() => undefined);
    this.#next = startPlace;
    if (from) {
      this.#chain.reset(from.stretch);
      this.#headPlace = from.place;
      this.#headAt = from.at;
      this.#next = from.place.final ? { segment: from.place.segment + 1, offset: 0 } : from.place;
    }
  }

  get head(): Position {
    return this.#chain.head;
  }

  /** The time of the head, `''` before the first record. */
  get headAt(): string {
    return this.#headAt;
  }

  get headPlace(): RecordPlace {
    return this.#headPlace;
  }

  /** The file the next record belongs in. */
  get segment(): number {
    return this.#next.segment;
  }

  /** The file being read, `undefined` while there is none. */
  get window(): SegmentWindow | undefined {
    return this.#window;
  }

  get fault(): StoreFault | null {
    return this.#fault;
  }

  /** Set when a record can only be judged by someone who read the chain from its start. */
  get needsFullRead(): boolean {
    return this.#needsFullRead;
  }

  readonly hashAt = (seq: number): string | undefined => this.#chain.hashAt(seq);

  /** What became of the file being read, at a glance. */
  glance(): FileChange {
    return (this.#window ?? this.#open())?.glance() ?? 'none';
  }

  /** The same, sure enough to write by, or to acknowledge. */
  inspect(): FileChange {
    return (this.#window ?? this.#open())?.inspect() ?? 'none';
  }

  /** Whether nothing read waits to be judged or moved past. */
  get isDrained(): boolean {
    return !this.#candidate && (this.#window?.isDrained ?? true);
  }

  /**
   * The next committed record, not yet moved past; `undefined` at the end, or
   * where `fault` or `needsFullRead` says why. Moves past void lines, lost
   * records and `final` ones by itself.
   */
  peek(): SoundRecord | undefined {
    if (this.#candidate) return this.#candidate;
    for (;;) {
      if (this.#needsFullRead) return undefined;
      const window = this.#window ?? this.#open();
      if (!window || this.#fault) return undefined;
      const verdict = window.isDrained ? ({ kind: 'wait' } as const) : judge(window.bytes, window.mark, this.#chain);
      switch (verdict.kind) {
        case 'committed':
          if (verdict.record.final) this.#moveToNextFile(window, verdict.record);
          else return this.#offer(verdict.record);
          break;
        case 'lost':
        case 'void':
          window.consumeTo(verdict.end);
          break;
        case 'wait':
          if (!window.fill()) return undefined;
          break;
        case 'unread-past':
          this.#needsFullRead = true;
          break;
        case 'corrupt':
          this.#fault = corruptFault(segmentLabel(window.segment), window.lineAtMark(), verdict.reason);
          break;
      }
    }
  }

  /**
   * Read to its end: the fault where the next file holds records although nothing
   * says that this one is complete. `read on` where something came meanwhile.
   */
  unclosed(): StoreFault | 'read on' | null {
    const { segment } = this;
    const next = this.#files.facts(segmentPath(this.#dir, segment + 1));
    if (next === undefined || next.size === 0) return null;
    // Another process may have closed this one and gone on there since.
    if (this.peek() !== undefined || this.segment !== segment) return 'read on';
    return this.#fault ?? unclosedFileFault(segmentLabel(segment), segmentLabel(segment + 1));
  }

  /** Moves past the record that `peek` gave. */
  accept(): StoredRecord {
    const record = this.#candidate;
    const window = this.#window;
    if (!record || !window) throw new Error('Expected a record from peek, got none');
    this.#candidate = undefined;
    this.#moveTo(window, record);
    return { seq: record.seq, at: record.at, hash: record.hash, commands: record.commands };
  }

  /**
   * Moves past a record just written here, if the next bytes are exactly its
   * line: the usual case, and then there is nothing to verify or parse.
   */
  acceptOwn(line: Buffer, position: Position, at: string): boolean {
    const window = this.#window ?? this.#open();
    if (!window?.isDrained) return false;
    while (window.bytes.length - window.mark < line.length) {
      if (!window.fill()) return false;
    }
    const end = window.mark + line.length;
    if (line.compare(window.bytes, window.mark, end) !== 0) return false;
    window.consumeTo(end);
    this.#chain.push(position);
    this.#headAt = at;
    this.#headPlace = { segment: window.segment, offset: window.offset - 1, final: false };
    return true;
  }

  close(): void {
    if (this.#window) this.#release(this.#window);
    this.#window = undefined;
  }

  #open(): SegmentWindow | undefined {
    const { segment, offset } = this.#next;
    this.#window = SegmentWindow.open(this.#files, this.#dir, segment, offset);
    const isMissing = !this.#window && (segment > 1 || hasLaterSegments(this.#dir));
    // Without a window no other fault is possible; restoring the file ends this one.
    const isReplaced = !this.#window && isBeingRestored(this.#dir);
    this.#fault = isReplaced ? beingRestoredFault() : isMissing ? missingFileFault(segmentLabel(segment)) : null;
    return this.#window;
  }

  #offer(record: SoundRecord): SoundRecord | undefined {
    if (record.v !== formatVersion) {
      this.#fault = newerVersionFault(record.seq, record.v, null);
      return undefined;
    }
    const stranger = unknownEvent(record);
    if (stranger !== undefined) {
      this.#fault = newerVersionFault(record.seq, record.v, stranger);
      return undefined;
    }
    this.#candidate = record;
    return record;
  }

  #moveTo(window: SegmentWindow, record: SoundRecord): void {
    window.consumeTo(record.end);
    this.#chain.push({ seq: record.seq, hash: record.hash });
    this.#headAt = record.at;
    this.#headPlace = { segment: window.segment, offset: window.offset, final: record.final };
    // The newline is no part of the verdict; taking it here saves a turn.
    if (window.bytes[record.end] === 0x0a) window.consumeTo(record.end + 1);
  }

  #moveToNextFile(window: SegmentWindow, record: SoundRecord): void {
    this.#moveTo(window, record);
    this.#onFinal(record);
    this.#release(window);
    this.#window = undefined;
    this.#next = { segment: window.segment + 1, offset: 0 };
  }
}

function unknownEvent(record: SoundRecord): string | undefined {
  for (const command of record.commands) {
    for (const event of command.events) {
      if (!isKnownEventType(event.type)) return event.type;
    }
  }
  return undefined;
}
