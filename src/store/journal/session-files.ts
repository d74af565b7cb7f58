/**
 * Presence as files: `.federation/sessions/<session>.json`, one per session,
 * written in place about once a second (a rename would make the file system
 * write it out each time, and would fail on a full disk). A note carries its
 * hash, so one caught half written is passed over until the next look.
 *
 * A note also names what its process last acknowledged; one note of a process
 * that left stays for that reason until a later one covers it.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { v4 as randomId } from 'uuid';
import type { Position } from '../event-store.ts';
import type { PresenceBoard, SessionNote } from '../presence.ts';
import { diskFiles, errorCode } from '../../files/file-layer.ts';
import { isPosition } from './position.ts';
import { sealText, unsealText } from './record-codec.ts';

/** A note as it is on disk. */
export interface StoredNote extends SessionNote {
  readonly file: string;
  /** The process, which may have several sessions: a random name. */
  readonly process: string;
  /** The highest position its process had acknowledged. */
  readonly acknowledged: Position | null;
}

/** In-place writes keep their length, so that no end of an older note shows behind a newer one. */
const blockBytes = 512;

export class SessionFolder implements PresenceBoard {
  readonly #dir: string;
  readonly #acknowledged: () => Position;
  readonly #process = randomId();
  /** The notes of this process's sessions that live. */
  readonly #own = new Map<string, SessionNote>();

  /** `acknowledged` gives the highest position this process has acknowledged. */
  constructor(dir: string, acknowledged: () => Position) {
    this.#dir = dir;
    this.#acknowledged = acknowledged;
  }

  /** @throws where the session id could not be a file's name. */
  post(note: SessionNote): void {
    sessionPath(this.#dir, note.session);
    const begins = !this.#own.has(note.session);
    if (note.ended) this.#own.delete(note.session);
    else this.#own.set(note.session, note);
    try {
      this.#write(note, { begins });
    } catch {
      // A full or read-only disk is reported by the next append; until then others see us silent.
    }
  }

  notes(): readonly StoredNote[] {
    return readSessions(this.#dir);
  }

  retire(sessions: ReadonlySet<string>): void {
    const mine = this.#acknowledged();
    const [own] = this.#own.values();
    if (!own) return;
    const covered = this.notes().filter(
      ({ session, acknowledged }) => sessions.has(session) && (acknowledged?.seq ?? 0) <= mine.seq,
    );
    if (covered.length === 0) return;
    try {
      this.#write(own, { durable: true });
      for (const note of covered) this.#remove(note.session);
    } catch {
      // Left for another time; a stale note does no harm.
    }
  }

  /**
   * Once every session has ended: leaves what was acknowledged on record,
   * durably, unless a process that left before has it covered, and clears away
   * the notes that this one covers.
   */
  leave(): void {
    const acknowledged = this.#acknowledged();
    const ended = this.notes().filter((note) => note.ended);
    const mine = ended.filter((note) => note.process === this.#process);
    const left = ended.filter((note) => note.process !== this.#process);
    const own = mine.pop() ?? { session: randomId(), agent: '', client: null, counter: 0, ended: true };
    const isCovered = left.some((note) => comesAfter(note, { session: own.session, acknowledged }));
    if (acknowledged.seq === 0 || isCovered) {
      this.#remove(own.session);
    } else {
      this.#write(own, { durable: true });
      for (const note of left) {
        if (comesAfter({ session: own.session, acknowledged }, note)) this.#remove(note.session);
      }
    }
    for (const note of mine) this.#remove(note.session);
  }

  #write({ session, agent, client, counter, ended }: SessionNote, how: { begins?: boolean; durable?: boolean }): void {
    const acknowledged = this.#acknowledged();
    const text = sealText({
      session,
      process: this.#process,
      agent,
      client,
      counter,
      ended,
      acknowledged: acknowledged.seq === 0 ? null : acknowledged,
    });
    const length = Math.ceil((Buffer.byteLength(text) + 1) / blockBytes) * blockBytes;
    const bytes = Buffer.alloc(length, ' ');
    bytes.write(text);
    bytes.write('\n', length - 1);

    const folder = sessionsFolder(this.#dir);
    mkdirSync(folder, { recursive: true });
    // A note of an earlier process may be longer than this one.
    const flags = constants.O_WRONLY | constants.O_CREAT | (how.begins === true ? constants.O_TRUNC : 0);
    const descriptor = openSync(sessionPath(this.#dir, session), flags, 0o644);
    try {
      writeSync(descriptor, bytes, 0, length, 0);
      if (how.durable === true) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (how.durable === true) diskFiles.syncFolder(folder);
  }

  #remove(session: string): void {
    rmSync(sessionPath(this.#dir, session), { force: true });
  }
}

/** Every sound note in the folder. */
export function readSessions(dir: string): readonly StoredNote[] {
  const notes: StoredNote[] = [];
  for (const file of listFolder(sessionsFolder(dir))) {
    if (!file.endsWith('.json')) continue;
    const note = readNote(dir, file);
    if (note) notes.push(note);
  }
  return notes;
}

function readNote(dir: string, file: string): StoredNote | undefined {
  try {
    const value = unsealText(readFileSync(join(sessionsFolder(dir), file), 'utf8').trimEnd());
    return isNote(value) ? { ...value, file } : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isNote(value: unknown): value is Omit<StoredNote, 'file'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'session' in value &&
    typeof value.session === 'string' &&
    'process' in value &&
    typeof value.process === 'string' &&
    'agent' in value &&
    typeof value.agent === 'string' &&
    'client' in value &&
    (value.client === null || typeof value.client === 'string') &&
    'counter' in value &&
    typeof value.counter === 'number' &&
    'ended' in value &&
    typeof value.ended === 'boolean' &&
    'acknowledged' in value &&
    (value.acknowledged === null || isPosition(value.acknowledged))
  );
}

type Left = Pick<StoredNote, 'session' | 'acknowledged'>;

// A total order, so that of several processes leaving at once exactly one note stays.
function comesAfter(one: Left, other: Left): boolean {
  const difference = (one.acknowledged?.seq ?? 0) - (other.acknowledged?.seq ?? 0);
  return difference > 0 || (difference === 0 && one.session < other.session);
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function sessionsFolder(dir: string): string {
  return join(dir, 'sessions');
}

/** @throws where the id could not be a file's name. */
function sessionPath(dir: string, session: string): string {
  if (!/^[\w-]{1,100}$/.test(session)) {
    throw new Error(`Expected a session id of letters, digits, - and _, got ${JSON.stringify(session)}`);
  }
  return join(sessionsFolder(dir), `${session}.json`);
}
