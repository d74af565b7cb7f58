/**
 * What is in the file, and what it counts for. Pure: bytes and what is known of
 * the chain in, a verdict out. Every process comes to the same verdict on the
 * same bytes, which is what makes an append without a lock safe.
 *
 * (a) A sound record here: the next `seq` on the head's hash is committed; one
 *     that claims a place already taken has lost, for ever; any other is corruption.
 * (b) Otherwise the line: not complete yet, wait; void where it ends in `~`, or
 *     neither begins nor ends like a record; where a torn beginning is followed
 *     by a sound record, that record is judged by (a).
 * (c) Everything else is corruption. "What does not parse is void" would lose
 *     acknowledged records silently after a single flipped bit.
 */
import type { Position } from '../event-store.ts';
import {
  endsInTrailer,
  type SoundRecord,
  soundRecordAt,
  soundRecordEndingAt,
  startsLikeRecord,
} from './record-codec.ts';

/** The chain as far as it was read. */
export interface ChainKnowledge {
  readonly head: Position;
  /** The hash of the record `seq`, `undefined` where it was not read. */
  hashAt(seq: number): string | undefined;
}

/** `end` is where to go on: behind the record's brace, or behind the line's newline. */
export type Verdict =
  | { readonly kind: 'committed'; readonly end: number; readonly record: SoundRecord }
  | { readonly kind: 'lost'; readonly end: number; readonly record: SoundRecord }
  | { readonly kind: 'void'; readonly end: number }
  /** The line is not complete; nothing can be said yet. */
  | { readonly kind: 'wait' }
  /** It claims a place whose predecessor was not read: read the chain from the start, then judge. */
  | { readonly kind: 'unread-past' }
  | { readonly kind: 'corrupt'; readonly reason: string };

const newline = 0x0a;
const tilde = 0x7e;
const openingBrace = 0x7b;

/** Judges what begins at `start`. The bytes end where the file does, or where it was read to. */
export function judge(bytes: Buffer, start: number, chain: ChainKnowledge): Verdict {
  const found = bytes.indexOf(newline, start);
  const isComplete = found !== -1;
  const lineEnd = isComplete ? found : bytes.length;

  const record = soundRecordAt(bytes, start, lineEnd);
  if (record) return place(record, chain);
  if (!isComplete) return { kind: 'wait' };

  const behind = lineEnd + 1;
  if (lineEnd > start && bytes[lineEnd - 1] === tilde) return { kind: 'void', end: behind };

  const first = bytes[start];
  if (first === openingBrace || first === tilde) {
    const last = soundRecordEndingAt(bytes, start, lineEnd);
    if (last) return place(last, chain);
  }

  const beginsAsRecord = startsLikeRecord(bytes, start, lineEnd);
  const endsAsRecord = endsInTrailer(bytes, start, lineEnd);
  if (!beginsAsRecord && !endsAsRecord) return { kind: 'void', end: behind };
  return { kind: 'corrupt', reason: damage(beginsAsRecord, endsAsRecord) };
}

function place(record: SoundRecord, chain: ChainKnowledge): Verdict {
  const { head } = chain;
  const { seq, prev, end } = record;
  if (seq === head.seq + 1 && prev === head.hash) return { kind: 'committed', end, record };
  if (seq > head.seq || seq < 1) {
    return { kind: 'corrupt', reason: `record ${seq} does not continue record ${head.seq} before it` };
  }
  const expected = chain.hashAt(seq - 1);
  if (expected === undefined) return { kind: 'unread-past' };
  if (expected === prev) return { kind: 'lost', end, record };
  return { kind: 'corrupt', reason: `record ${seq} belongs to another history (two journals merged?)` };
}

function damage(beginsAsRecord: boolean, endsAsRecord: boolean): string {
  if (beginsAsRecord && endsAsRecord) return 'the record does not match its hash';
  return beginsAsRecord ? 'the end of a record is missing' : 'the beginning of a record is missing';
}
