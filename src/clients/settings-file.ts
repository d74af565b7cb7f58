/** A client's settings on disk. They are other people's: whatever is not as expected is refused before anything is written. */
import { accessSync, constants, openSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../files/error-code.ts';
import { makeFolder } from '../files/make-folder.ts';
import { createOwn, makeOwnFolder } from '../files/modes.ts';
import { readRegularSync, whyOdd } from '../files/regular-file.ts';
import { isWithin, realPlace } from '../files/within.ts';
import { writeWhole } from '../files/write-whole.ts';

/** Claude Code keeps its own state beside its settings, and that grows. */
const largest = 64 * 1024 * 1024;
const mark = '\uFEFF';

/** Why a file is left alone. The message begins with the file. */
export class SettingsFault extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

export interface SettingsFile {
  /** As it is named. */
  readonly file: string;
  /** Where it leads, links followed. */
  readonly place: string;
  /** Null: there is none yet. */
  readonly text: string | null;
  /** It begins with a byte order mark, which `text` leaves out. */
  readonly marked: boolean;
  /** Of a project: a new one is made as the user's umask says. Else it is theirs alone. */
  readonly shared: boolean;
}

/** `within`: a link must not lead out of there; null: it may. @throws SettingsFault */
export function readSettings(file: string, within: string | null): SettingsFile {
  const place = placeOf(file);
  if (within !== null && !isWithin(place, realPlace(within))) {
    throw new SettingsFault(
      `${file} is a link that leads out of the project, to ${place}.`,
      'Replace it by a file, or add the server there yourself.',
    );
  }
  const odd = whyOdd(file);
  if (odd !== null) throw new SettingsFault(`${file} ${odd}.`, 'Correct that and try again.');
  const found = statSync(place, { throwIfNoEntry: false });
  const shared = within !== null;
  if (found === undefined) {
    refuseUnwritable(file, place);
    return { file, place, text: null, marked: false, shared };
  }
  const bytes = readRegularSync(place, largest);
  if (!isWritable(place, found.mode)) {
    throw new SettingsFault(`${file} is read-only.`, 'Make it writable, or add the server there yourself.');
  }
  const text = decoded(file, bytes);
  const marked = text.startsWith(mark);
  return { file, place, text: marked ? text.slice(1) : text, marked, shared };
}

/** Null where there is none, or none that can be read. */
export function readableText(file: string): string | null {
  try {
    return readSettings(file, null).text;
  } catch (error) {
    if (error instanceof SettingsFault) return null;
    throw error;
  }
}

function placeOf(file: string): string {
  try {
    return realPlace(file);
  } catch (error) {
    const why = errorCode(error) === 'ELOOP' ? 'is a link that leads in a circle' : 'cannot be looked at by this user';
    throw new SettingsFault(`${file} ${why}.`, 'Correct that and try again.');
  }
}

function refuseUnwritable(file: string, place: string): void {
  let folder = dirname(place);
  let found = statSync(folder, { throwIfNoEntry: false });
  while (found === undefined && dirname(folder) !== folder) {
    folder = dirname(folder);
    found = statSync(folder, { throwIfNoEntry: false });
  }
  if (found?.isDirectory() !== true || !isWritable(folder, found.mode)) {
    throw new SettingsFault(`${file} cannot be created: ${folder} is not writable.`, 'Make that folder writable.');
  }
}

/** Root may write everywhere; a file that is marked read-only is meant to stay as it is all the same. */
function isWritable(path: string, mode: number): boolean {
  if ((mode & 0o222) === 0) return false;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function decoded(file: string, bytes: Buffer): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  try {
    if (!isUtf16) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Said below.
  }
  const what = isUtf16 ? 'UTF-16' : 'not UTF-8';
  throw new SettingsFault(`${file} is ${what} text.`, 'Save it as UTF-8, which its client reads, and try again.');
}

/** Puts a copy of it, as it is on disk, into the folder; gives its path. */
export function backUp({ place }: SettingsFile, folder: string, name: string): string {
  makeOwnFolder(folder);
  const copy = join(folder, name);
  writeWhole(copy, readRegularSync(place, largest));
  return copy;
}

/** Null: removes it, and its folder where nothing else is in it. */
export function writeSettings({ place, marked, shared }: SettingsFile, text: string | null): void {
  if (text === null) {
    rmSync(place, { force: true });
    removeEmpty(dirname(place));
    return;
  }
  makeFolder(dirname(place));
  writeWhole(place, marked ? `${mark}${text}` : text, shared ? (path) => openSync(path, 'wx') : createOwn);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it.
  }
}
