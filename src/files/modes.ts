/**
 * Who may read the federation's files: their owner alone, whatever the umask
 * (0600, folders 0700). Where the configuration names a group, it may read them
 * (0640, folders 2750); the folder's own mode says so to whoever makes a file
 * in it, so that nobody has to be told.
 *
 * What root makes in the folder of another user is that user's, as before it
 * was closed to others: a command run with sudo must not lock its owner out.
 *
 * Windows has other means; nothing is done there.
 */
import {
  chmodSync,
  chownSync,
  fchmodSync,
  fchownSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './error-code.ts';
import { makeFolder } from './make-folder.ts';

const owned = { file: 0o600, folder: 0o700 } as const;
const shared = { file: 0o640, folder: 0o2750 } as const;
/** Leaves the owner as it is. */
const unchanged = -1;

const hasModes = process.platform !== 'win32';

/** Makes a file that is not there yet; a descriptor for writing. */
export function createOwn(path: string): number {
  const descriptor = openSync(path, 'wx', owned.file);
  settleNew(descriptor, dirname(path));
  return descriptor;
}

/** As `createOwn`, a handle. */
export async function createOwnFile(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx', owned.file);
  settleNew(file.fd, dirname(path));
  return file;
}

/** What a file that was made with 0600 gets beyond that, as the folder has it. */
export function settleNew(descriptor: number, folder: string): void {
  if (!hasModes) return;
  const found = statSync(folder);
  if (isOthers(found)) attempt(() => fchownSync(descriptor, found.uid, found.gid));
  if (!isShared(found)) return;
  attempt(() => fchownSync(descriptor, unchanged, found.gid));
  attempt(() => fchmodSync(descriptor, shared.file));
}

/** As `makeFolder`, folders of ours. */
export function makeOwnFolder(path: string): string | undefined {
  const first = makeFolder(path, owned.folder);
  if (first === undefined || !hasModes) return first;
  const around = statSync(dirname(first));
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
    if (isOthers(around)) attempt(() => chownSync(folder, around.uid, around.gid));
    if (isShared(around)) settleOne(folder, statSync(folder), around.gid);
  }
  return first;
}

/**
 * Brings a folder of ours, and what is in it, to what it is to be; `group`: the id of one that may read it. Does
 * nothing where it is so already. What belongs to somebody else stays as it is.
 */
export function settleFolder(folder: string, group: number | null): void {
  if (!hasModes) return;
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || isSettled(found, group)) return;
  // Closed from outside in and opened from inside out: where this ends half way, the folder itself tells.
  if (group === null) settleOne(folder, found, group);
  settleWithin(folder, group);
  if (group !== null) settleOne(folder, found, group);
}

/** Whether others than the owner, and than the group that may, can read the folder: those inside it are behind it. */
export function isOpenToOthers(folder: string, group: number | null): boolean {
  const found = hasModes ? statSync(folder, { throwIfNoEntry: false }) : undefined;
  if (found === undefined) return false;
  return (found.mode & (group !== null && found.gid === group ? 0o027 : 0o077)) !== 0;
}

function isSettled(found: Stats, group: number | null): boolean {
  const { mode, gid } = found;
  return group === null ? (mode & 0o777) === owned.folder : isShared(found) && gid === group;
}

/** What no group is ever let into. */
const closed = 'private';

function settleWithin(folder: string, group: number | null): void {
  let names: readonly string[] = [];
  attempt(() => {
    names = readdirSync(folder);
  });
  for (const name of names) {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || (!found.isFile() && !found.isDirectory())) continue;
    const into = name === closed ? null : group;
    settleOne(path, found, into);
    if (found.isDirectory()) settleWithin(path, into);
  }
}

function settleOne(path: string, found: Stats, group: number | null): void {
  const modes = group === null ? owned : shared;
  // The group first: changing it takes the bit away that is set with the mode.
  if (group !== null) attempt(() => chownSync(path, unchanged, group));
  // A script that somebody keeps there stays one.
  const mode = found.isDirectory() ? modes.folder : modes.file | (found.mode & 0o100);
  attempt(() => chmodSync(path, mode));
}

/** To the bit: other modes that let a group in are an older version's, or inherited from the project. */
function isShared({ mode }: Stats): boolean {
  return (mode & 0o7777) === shared.folder;
}

/** Root makes something in a folder of another user. */
function isOthers({ uid }: Stats): boolean {
  return process.getuid?.() === 0 && uid !== 0;
}

/** What belongs to another user, or lies on a disk that keeps no modes, stays as it is; `fed doctor` says so. */
function attempt(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}
