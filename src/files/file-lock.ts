/**
 * An advisory lock between processes, for files beside the journal that only
 * one may write at a time. Correctness of the journal never depends on it.
 *
 * Who holds it touches its file now and then, so one that has not changed for a
 * while belonged to a process that was killed. Each waiting process measures
 * that on its own monotonic clock: a clock that was set, or another machine's,
 * cannot take the lock from whoever holds it.
 */
import { type FileHandle, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { createOwnFile } from './modes.ts';

const staleLockMs = 3_000;
/** Three may be late. File systems that keep whole or even seconds notice it too. */
const signOfLifeMs = 700;

/** Runs `work` while no other process runs its own under the same path. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(path);
  const signs = setInterval(() => {
    const now = new Date();
    lock.utimes(now, now).catch(() => undefined);
  }, signOfLifeMs);
  try {
    return await work();
  } finally {
    clearInterval(signs);
    await giveBack(path, lock);
  }
}

async function takeLock(path: string): Promise<FileHandle> {
  let seen: string | null = null;
  let since = performance.now();
  for (;;) {
    try {
      return await createOwnFile(path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = await holderOf(path);
    if (holder === null || holder !== seen) {
      seen = holder;
      since = performance.now();
    } else if (performance.now() - since > staleLockMs) {
      await removeStale(path, holder);
    }
    await sleep(20 + Math.random() * 30);
  }
}

async function giveBack(path: string, lock: FileHandle): Promise<void> {
  const { ino } = await lock.stat({ bigint: true });
  const there = await stat(path, { bigint: true }).catch(() => null);
  await lock.close();
  // Taken for stale meanwhile (its process stood still), it is another's now.
  if (there?.ino === ino) await rm(path, { force: true });
}

/** Which lock it is and when it was touched; `null` where there is none. */
async function holderOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && `${found.ino} ${found.mtimeNs}`;
}

/**
 * Under a lock of its own: of several processes that found a lock stale, a late one would delete the new lock that stands
 * in its place.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  await withFileLock(`${path}.takeover`, async () => {
    if ((await holderOf(path)) === stale) await rm(path, { force: true });
  });
}
