/**
 * A moving window onto one journal file: bytes already read, a mark up to which
 * they were consumed, and the 64 bytes before the mark, which tell whether the
 * file is still the one that was read.
 */
import type { FileLayer } from '../../files/file-layer.ts';
import { segmentPath } from './segments.ts';

export type FileChange = 'none' | 'grown' | 'replaced';

const remembered = 64;
const chunkBytes = 1024 * 1024;

export class SegmentWindow {
  readonly segment: number;
  readonly #files: FileLayer;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #inode: bigint;
  #buffer = Buffer.allocUnsafe(chunkBytes);
  readonly #check = Buffer.alloc(remembered);
  /** The place in the file of the buffer's first byte. */
  #base: number;
  /** Everything read and not dropped: a view of the buffer. */
  #bytes: Buffer;
  #mark: number;

  /** `undefined` where there is no such file. */
  static open(files: FileLayer, dir: string, segment: number, offset: number): SegmentWindow | undefined {
    const path = segmentPath(dir, segment);
    const facts = files.facts(path);
    if (!facts) return undefined;
    const descriptor = files.openForReading(path);
    return descriptor === undefined
      ? undefined
      : new SegmentWindow(files, path, descriptor, facts.inode, segment, offset);
  }

  private constructor(
    files: FileLayer,
    path: string,
    descriptor: number,
    inode: bigint,
    segment: number,
    offset: number,
  ) {
    this.segment = segment;
    this.#files = files;
    this.#path = path;
    this.#descriptor = descriptor;
    this.#inode = inode;
    this.#base = Math.max(0, offset - remembered);
    this.#mark = offset - this.#base;
    this.#bytes = this.#buffer.subarray(0, 0);
    while (this.#bytes.length < this.#mark && this.fill()) {
      // Reads what it must remember.
    }
  }

  /** The descriptor it reads with; good for a sync as well. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** Where the next unconsumed byte is in the file. */
  get offset(): number {
    return this.#base + this.#mark;
  }

  /** How far the file was read. */
  get readTo(): number {
    return this.#base + this.#bytes.length;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get mark(): number {
    return this.#mark;
  }

  /** Whether everything read was consumed. */
  get isDrained(): boolean {
    return this.#mark === this.#bytes.length;
  }

  /** Whether an append has to end someone else's line first. */
  get endsInsideLine(): boolean {
    return this.readTo > 0 && this.#bytes[this.#bytes.length - 1] !== 0x0a;
  }

  consumeTo(mark: number): void {
    this.#mark = mark;
  }

  /** Reads on; false at the end of the file. */
  fill(): boolean {
    if (this.#bytes.length === this.#buffer.length) this.#makeRoom();
    const have = this.#bytes.length;
    const count = this.#files.read(this.#descriptor, this.#buffer, have, this.#buffer.length - have, this.#base + have);
    this.#bytes = this.#buffer.subarray(0, have + count);
    return count > 0;
  }

  #makeRoom(): void {
    const from = Math.max(0, this.#mark - remembered);
    const kept = this.#bytes.subarray(from);
    const larger = kept.length > this.#buffer.length / 2;
    const target = larger ? Buffer.allocUnsafe(this.#buffer.length * 2) : this.#buffer;
    kept.copy(target);
    this.#buffer = target;
    this.#bytes = target.subarray(0, kept.length);
    this.#base += from;
    this.#mark -= from;
  }

  /** What became of the file since it was read. One `stat`, 5 µs; another inode or a shorter file is `replaced`. */
  glance(): FileChange {
    const facts = this.#files.facts(this.#path);
    if (facts?.inode !== this.#inode || facts.size < this.readTo) return 'replaced';
    return facts.size === this.readTo ? 'none' : 'grown';
  }

  /** As `glance`, and the 64 bytes before the mark must be as they were read. 3 µs more. */
  inspect(): FileChange {
    const change = this.glance();
    if (change === 'replaced') return change;
    const from = Math.max(0, this.#mark - remembered);
    const length = this.#mark - from;
    const count = this.#files.read(this.#descriptor, this.#check, 0, length, this.#base + from);
    const isSame = count === length && this.#check.compare(this.#bytes, from, this.#mark, 0, length) === 0;
    return isSame ? change : 'replaced';
  }

  /** The line, counted from 1, that begins at or holds the mark. Reads the file again. */
  lineAtMark(): number {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const offset = this.offset;
    let line = 1;
    for (let at = 0; at < offset;) {
      const count = this.#files.read(this.#descriptor, chunk, 0, Math.min(chunk.length, offset - at), at);
      if (count === 0) break;
      const part = chunk.subarray(0, count);
      for (let i = part.indexOf(0x0a); i !== -1; i = part.indexOf(0x0a, i + 1)) line += 1;
      at += count;
    }
    return line;
  }

  close(): void {
    this.#files.close(this.#descriptor);
  }
}
