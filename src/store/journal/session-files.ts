/**
 * Presence as files: `.federation/sessions/<session>.json`, one per session,
 * written in place about once a second (a rename would make the file system
 * write it out each time, and would fail on a full disk). A note carries its
 * hash, so one caught half written is passed over until the next look.
 *
 * A note also names what its process last acknowledged; one note of a process
 * that left stays for that reason until a later one covers it.
 */
import { closeSync, constants, type Dirent, existsSync, fsyncSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { v4 as randomId } from 'uuid';
import type { Position } from '../event-store.ts';
import type { PresenceBoard, SessionNote } from '../presence.ts';
import { errorCode } from '../../files/error-code.ts';
import { diskFiles } from '../../files/file-layer.ts';
import { makeOwnFolder } from '../../files/modes.ts';
import {
  isOddFile,
  type OddFile,
  openRegular,
  readRegularSync,
  whyNoFolder,
  whyOdd,
} from '../../files/regular-file.ts';
import { type Acknowledged, isPosition } from './position.ts';
import { sealText, unsealText } from './record-codec.ts';

/** A note as it is on disk. */
export interface StoredNote extends SessionNote {
  readonly file: string;
  /** The highest position its process had acknowledged, */
  readonly acknowledged: Position | null;
  /** and the era of the journal in which it had (`Acknowledged`). */
  readonly era: string | null;
}

/** A larger file is no note. */
const mostNoteBytes = 64 * 1024;
const mostClientChars = 200;

/** In-place writes keep their length, so that no end of an older note shows behind a newer one. */
const blockBytes = 512;

export class SessionFolder implements PresenceBoard {
  readonly #dir: string;
  readonly #acknowledged: () => Acknowledged;
  /** What this process calls itself in its notes; null while it has none. */
  #process: string | null = null;
  /** The notes of this process's sessions that live. */
  readonly #own = new Map<string, SessionNote>();

  /** `acknowledged` gives the highest position this process has acknowledged. */
  constructor(dir: string, acknowledged: () => Acknowledged) {
    this.#dir = dir;
    this.#acknowledged = acknowledged;
  }

  /** @throws where the session id could not be a file's name. */
  post(note: SessionNote): void {
    sessionPath(this.#dir, note.session);
    const begins = !this.#own.has(note.session);
    this.#process = note.process;
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
    const mine = this.#acknowledged().position;
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
    const { position: acknowledged } = this.#acknowledged();
    const ended = this.notes().filter((note) => note.ended);
    const mine = ended.filter((note) => note.process === this.#process);
    const left = ended.filter((note) => note.process !== this.#process);
    const own = mine.pop() ?? {
      session: randomId(),
      process: this.#process ?? randomId(),
      clock: null,
      agent: '',
      client: null,
      counter: 0,
      ended: true,
    };
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

  #write(note: SessionNote, how: { begins?: boolean; durable?: boolean }): void {
    const { session, process, agent, client, counter, ended, clock } = note;
    const { position, era } = this.#acknowledged();
    const text = sealText({
      session,
      process,
      agent,
      client: client === null ? null : client.slice(0, mostClientChars),
      counter,
      ended,
      clock,
      acknowledged: position.seq === 0 ? null : position,
      era,
    });
    const length = Math.ceil((Buffer.byteLength(text) + 1) / blockBytes) * blockBytes;
    const bytes = Buffer.alloc(length, ' ');
    bytes.write(text);
    bytes.write('\n', length - 1);

    const folder = sessionsFolder(this.#dir);
    makeOwnFolder(folder);
    // A note of an earlier process may be longer than this one.
    const flags = constants.O_WRONLY | constants.O_CREAT | (how.begins === true ? constants.O_TRUNC : 0);
    const descriptor = openRegular(sessionPath(this.#dir, session), flags);
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

/**
 * Every sound note in the folder. What is no note of ours is passed over: a
 * folder, a pipe, a link, a file of another user. `fed doctor` names it.
 */
export function readSessions(dir: string): readonly StoredNote[] {
  const notes: StoredNote[] = [];
  for (const entry of listFolder(sessionsFolder(dir))) {
    if (!entry.name.endsWith('.json') || !entry.isFile()) continue;
    const note = readNote(dir, entry.name);
    if (note) notes.push(note);
  }
  return notes;
}

/** What is in the folder and no note that can be read, with the reason. */
export function oddSessionFiles(dir: string): readonly OddFile[] {
  const folder = whyNoFolder(sessionsFolder(dir));
  if (folder !== null) return [{ file: 'sessions', why: folder }];
  return listFolder(sessionsFolder(dir)).flatMap((entry): OddFile[] => {
    const why = whyNoNote(dir, entry);
    return why === null ? [] : [{ file: `sessions/${entry.name}`, why }];
  });
}

function whyNoNote(dir: string, entry: Dirent): string | null {
  const path = join(sessionsFolder(dir), entry.name);
  const why = whyOdd(path);
  if (why !== null) return why;
  if (entry.isSymbolicLink()) return 'is a link';
  if (entry.name.endsWith('.json') && readNote(dir, entry.name)) return null;
  // It may have been cleared away meanwhile.
  return existsSync(path) ? 'is not a session file' : null;
}

function readNote(dir: string, file: string): StoredNote | undefined {
  try {
    const text = readRegularSync(join(sessionsFolder(dir), file), mostNoteBytes).toString();
    const value = unsealText(text.trimEnd());
    return isNote(value) ? { ...value, file, clock: clockIn(value) } : undefined;
  } catch (error) {
    // Where the machine is the reason (too many open files), the look fails: nobody is missed because of that.
    if (isOddFile(error)) return undefined;
    throw error;
  }
}

/** Notes of earlier versions have none. */
function clockIn(note: object): SessionNote['clock'] {
  const clock: unknown = 'clock' in note ? note.clock : null;
  if (typeof clock !== 'object' || clock === null) return null;
  if (!('shows' in clock) || typeof clock.shows !== 'number') return null;
  if (!('uptime' in clock) || typeof clock.uptime !== 'number') return null;
  const ahead = 'ahead' in clock && typeof clock.ahead === 'number' ? clock.ahead : null;
  return { shows: clock.shows, uptime: clock.uptime, ahead };
}

function isNote(value: unknown): value is Omit<StoredNote, 'file' | 'clock'> {
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
    (value.acknowledged === null || isPosition(value.acknowledged)) &&
    'era' in value &&
    (value.era === null || typeof value.era === 'string')
  );
}

type Left = Pick<StoredNote, 'session' | 'acknowledged'>;

// A total order, so that of several processes leaving at once exactly one note stays.
function comesAfter(one: Left, other: Left): boolean {
  const difference = (one.acknowledged?.seq ?? 0) - (other.acknowledged?.seq ?? 0);
  return difference > 0 || (difference === 0 && one.session < other.session);
}

function listFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
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
