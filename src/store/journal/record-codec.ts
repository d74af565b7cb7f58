/**
 * A record as bytes: `{"seq":42,"v":1,"at":"…Z","prev":"<hash of 41>","commands":[…],"hash":"<32 hex>"}`.
 *
 * The hash is the last field and covers the raw bytes before `,"hash":"`, so a
 * reader verifies without serialising again. `JSON.stringify` never writes a
 * raw newline, so a record never holds one.
 */
import { createHash, hash as digest } from 'node:crypto';
import type { CommittedCommand } from '../event-store.ts';

/** The version of the format this program writes and reads. */
export const formatVersion = 1;

export const recordHead = Buffer.from('{"seq":');
const trailerHead = Buffer.from(',"hash":"');
const trailerEnd = Buffer.from('"}');
const hashLength = 32;
export const trailerLength = trailerHead.length + hashLength + trailerEnd.length;

/** A record whose hash fits its bytes. Where it belongs in the chain is not yet said. */
export interface SoundRecord {
  readonly seq: number;
  /** The format it was written in; `commands` is empty where this program does not know it. */
  readonly v: number;
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
  readonly commands: readonly CommittedCommand[];
  /** The last record of its file: the chain goes on in the next one. */
  readonly final: boolean;
  /** Where its closing brace ends, in the buffer it was found in. */
  readonly end: number;
}

/** Where a new record goes: the next `seq`, and the hash of the one before. */
export interface Place {
  readonly seq: number;
  readonly at: string;
  readonly prev: string;
}

export interface EncodedRecord {
  /** With its newline. */
  readonly line: Buffer;
  readonly hash: string;
}

export function encodeRecord(place: Place, commands: readonly CommittedCommand[]): EncodedRecord {
  return encodeLine(`${encodePlace(place)},"commands":${JSON.stringify(commands)}`);
}

export function encodeFinalRecord(place: Place): EncodedRecord {
  return encodeLine(`${encodePlace(place)},"sealed":true`);
}

function encodePlace({ seq, at, prev }: Place): string {
  return `{"seq":${seq},"v":${formatVersion},"at":"${at}","prev":"${prev}"`;
}

function encodeLine(body: string): EncodedRecord {
  const hash = hashOf(body);
  return { line: Buffer.from(`${body},"hash":"${hash}"}\n`), hash };
}

/** The first 32 hex digits of the SHA-256. */
export function hashOf(bytes: Buffer | string): string {
  return digest('sha256', bytes, 'hex').slice(0, hashLength);
}

/** A plain object as text that carries its own hash, the way a record does. */
export function sealText(value: object): string {
  const body = JSON.stringify(value).slice(0, -1);
  return `${body},"hash":"${hashOf(body)}"}`;
}

/** What `sealText` wrote, or `undefined` where the bytes are not as they were written. */
export function unsealText(text: string): unknown {
  const body = text.slice(0, -trailerLength);
  if (text.slice(-trailerLength) !== `,"hash":"${hashOf(body)}"}`) return undefined;
  return JSON.parse(text);
}

/**
 * The sound record that begins at `start`, reaching no further than its line,
 * whose end (the newline, or the end of the bytes) is `lineEnd`.
 */
export function soundRecordAt(bytes: Buffer, start: number, lineEnd: number): SoundRecord | undefined {
  if (!isAt(bytes, start, recordHead)) return undefined;
  // Nearly always the record is the whole line: one hash decides.
  const whole = soundRecordBetween(bytes, start, lineEnd);
  if (whole) return whole;

  // A lost newline, or an end not yet complete: the first trailer that fits. User data may hold
  // text like a trailer, so every one is tried, with a running hash to stay linear.
  const running = createHash('sha256');
  let hashed = start;
  for (let at = bytes.indexOf(trailerHead, start); at !== -1; at = bytes.indexOf(trailerHead, at + 1)) {
    const end = at + trailerLength;
    if (end > lineEnd) return undefined;
    if (!endsInTrailer(bytes, at, end)) continue;
    running.update(bytes.subarray(hashed, at));
    hashed = at;
    if (isTrailerHash(bytes, end, running.copy().digest('hex'))) return parse(bytes, start, end);
  }
  return undefined;
}

/** Every sound record within a line, whatever it counts for: the place where one is looked for from behind. */
export function* soundRecordsIn(
  bytes: Buffer,
  start: number,
  lineEnd: number,
): Generator<SoundRecord, void, undefined> {
  let at = start;
  for (let found = soundRecordAt(bytes, at, lineEnd); found; found = soundRecordAt(bytes, at, lineEnd)) {
    yield found;
    at = found.end;
  }
  const last = at < lineEnd ? soundRecordEndingAt(bytes, at, lineEnd) : undefined;
  if (last) yield last;
}

/** The sound record that ends with the line and begins somewhere after `start`. */
export function soundRecordEndingAt(bytes: Buffer, start: number, lineEnd: number): SoundRecord | undefined {
  if (!endsInTrailer(bytes, start, lineEnd)) return undefined;
  for (let at = bytes.indexOf(recordHead, start + 1); at !== -1; at = bytes.indexOf(recordHead, at + 1)) {
    if (at + trailerLength > lineEnd) return undefined;
    if (!looksLikePlace(bytes, at)) continue;
    const found = soundRecordBetween(bytes, at, lineEnd);
    if (found) return found;
  }
  return undefined;
}

function soundRecordBetween(bytes: Buffer, start: number, end: number): SoundRecord | undefined {
  const at = end - trailerLength;
  // Its digits need no look of their own: they are those of the hash, or not.
  if (at < start || !isAt(bytes, at, trailerHead) || !isAt(bytes, end - trailerEnd.length, trailerEnd)) {
    return undefined;
  }
  const hash = digest('sha256', bytes.subarray(start, end - trailerLength), 'hex');
  return isTrailerHash(bytes, end, hash) ? parse(bytes, start, end) : undefined;
}

export function startsLikeRecord(bytes: Buffer, start: number, end: number): boolean {
  return start + recordHead.length <= end && isAt(bytes, start, recordHead);
}

/** Whether the bytes before `end` have the form of a record's trailer, whatever its hash says. */
export function endsInTrailer(bytes: Buffer, start: number, end: number): boolean {
  const at = end - trailerLength;
  if (at < start || !isAt(bytes, at, trailerHead) || !isAt(bytes, end - trailerEnd.length, trailerEnd)) return false;
  for (let i = at + trailerHead.length; i < end - trailerEnd.length; i++) {
    const byte = bytes[i] ?? 0;
    const isHex = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
    if (!isHex) return false;
  }
  return true;
}

/** Whether the trailer that ends there holds the beginning of this hash. Byte by byte: no text is made of the bytes. */
function isTrailerHash(bytes: Buffer, end: number, hash: string): boolean {
  const at = end - trailerEnd.length - hashLength;
  for (let i = 0; i < hashLength; i++) {
    if (bytes[at + i] !== hash.charCodeAt(i)) return false;
  }
  return true;
}

// User data may hold `{"seq":` as well; only what has the whole beginning of a record is worth a hash.
function looksLikePlace(bytes: Buffer, at: number): boolean {
  return /^\{"seq":\d{1,16},"v":\d{1,6},"at":"[^"\\]{1,40}","prev":"[0-9a-f]{32}",/.test(
    bytes.toString('latin1', at, at + 160),
  );
}

function isAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) {
    if (bytes[at + i] !== expected[i]) return false;
  }
  return true;
}

/**
 * The trust boundary: these bytes carry their hash, so this program or a newer
 * one wrote them. Their envelope is checked, the events inside are believed.
 */
function parse(bytes: Buffer, start: number, end: number): SoundRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return undefined;
  }
  if (!isEnvelope(value)) return undefined;
  const { seq, v, at, prev, hash } = value;
  if (v !== formatVersion) return { seq, v, at, prev, hash, commands: [], final: false, end };
  if (isFinal(value)) return { seq, v, at, prev, hash, commands: [], final: true, end };
  return hasCommands(value) ? { seq, v, at, prev, hash, commands: value.commands, final: false, end } : undefined;
}

interface Envelope extends Place {
  readonly v: number;
  readonly hash: string;
}

function isEnvelope(value: unknown): value is Envelope {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seq' in value &&
    Number.isSafeInteger(value.seq) &&
    'v' in value &&
    Number.isSafeInteger(value.v) &&
    'at' in value &&
    typeof value.at === 'string' &&
    'prev' in value &&
    typeof value.prev === 'string' &&
    'hash' in value &&
    typeof value.hash === 'string'
  );
}

function isFinal(value: Envelope): boolean {
  return 'sealed' in value && value.sealed === true;
}

function hasCommands(value: Envelope): value is Envelope & { readonly commands: readonly CommittedCommand[] } {
  return 'commands' in value && Array.isArray(value.commands);
}
