/**
 * An advisory lock between processes, for files beside the journal that only
 * one may write at a time. Correctness of the journal never depends on it. A
 * lock that has not changed for a while belonged to a process that was killed.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** On the waiting process's own clock. The work under a lock takes milliseconds. */
const staleLockMs = 3_000;

/** Runs `work` while no other process runs its own under the same path. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  await takeLock(path, token);
  try {
    return await work();
  } finally {
    // Taken for stale meanwhile, it is another's now.
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}

async function takeLock(path: string, token: string): Promise<void> {
  let seen = '';
  let since = performance.now();
  for (;;) {
    try {
      await writeFile(path, token, { flag: 'wx' });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = await stat(path).then(
      ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
      () => '',
    );
    if (holder !== seen) {
      seen = holder;
      since = performance.now();
    } else if (performance.now() - since > staleLockMs) {
      await rm(path, { force: true });
    }
    await sleep(20 + Math.random() * 30);
  }
}
