/** Where what runs write is kept: `.federation/runs/<run>/`, the newest of them. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOwnFolder } from '../files/modes.ts';

/** Each is at most 6 MB. */
const keptFolders = 100;
const runFolderName = /^run-\d{4}-\d\d-\d\d-\d{3,9}$/;

/** What the program wrote, as it came. */
export const outputLog = 'output.log';
/** What it did, in words: messages, tools. */
export const activityLog = 'activity.log';
export const promptName = 'prompt.md';
/** There once a server or `fed` of the run has started. */
const reachedName = 'reached';

export function runFolder(federationFolder: string, run_id: string): string {
  return join(federationFolder, 'runs', run_id);
}

/** Something of the run has started that speaks to the federation. */
export function noteReached(federationFolder: () => string, run_id: string): void {
  try {
    writeFileSync(join(runFolder(federationFolder(), run_id), reachedName), '', { mode: 0o600 });
  } catch {
    // A run of another machine, or a folder that is gone: whoever uses it says so.
  }
}

export function hasReached(federationFolder: string, run_id: string): boolean {
  return existsSync(join(runFolder(federationFolder, run_id), reachedName));
}

/** Makes the folder of a run, and removes the oldest ones that are not `inHand`. */
export function makeRunFolder(federationFolder: string, run_id: string, inHand: ReadonlySet<string>): string {
  const folder = runFolder(federationFolder, run_id);
  // Of a run of that name that a damaged journal has lost.
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  makeOwnFolder(folder);
  const runs = join(federationFolder, 'runs');
  const old = readdirSync(runs)
    .filter((name) => runFolderName.test(name) && !inHand.has(name) && name !== run_id)
    .sort(byNumber)
    .slice(0, -keptFolders);
  for (const name of old) rmSync(join(runs, name), { recursive: true, force: true });
  return folder;
}

/** By day, then by count: as text, `-1000` would come before `-999`. */
function byNumber(a: string, b: string): number {
  const [dayA, dayB] = [a.slice(0, 14), b.slice(0, 14)];
  if (dayA !== dayB) return dayA < dayB ? -1 : 1;
  return Number(a.slice(15)) - Number(b.slice(15));
}
