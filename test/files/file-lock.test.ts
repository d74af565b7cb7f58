/** The lock between real processes, killed and slow ones among them. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { withFileLock } from '../../src/files/file-lock.ts';
import { programFile } from '../support/program-file.ts';

let folder = '';
let lock = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(...args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(process.execPath, [programFile('lock-holder'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('a lock between processes', () => {
  it('lets one work at a time', async () => {
    const file = join(folder, 'number');
    await writeFile(file, '0');
    const all = [1, 2, 3, 4].map(() => start(lock, 'count', file, '25'));
    const codes = await Promise.all(all.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await readFile(file, 'utf8')).toBe('100');
    expect(await readdir(folder)).toEqual(['number']);
  });

  it('is free again when work fails, which is said', async () => {
    await expect(withFileLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFileLock(lock, async () => 'done')).toBe('done');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a process that was killed, by one of those that wait', async () => {
    const holder = start(lock, 'hold');
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    let working = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      working += 1;
      most = Math.max(most, working);
      await sleep(5);
      working -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withFileLock(lock, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stays with a process whose work takes long', async () => {
    const holder = start(lock, 'hold');
    await once(holder.stdout, 'data');
    // Half as long again as a lock that nobody touches is left alone.
    const waiting = withFileLock(lock, async () => 'taken');
    expect(await Promise.race([waiting, sleep(4_500, 'waiting')])).toBe('waiting');
    holder.stdin.end();
    expect(await waiting).toBe('taken');
  });

  it('is refused where it cannot be made', async () => {
    await expect(withFileLock(join(folder, 'none/a.lock'), async () => 'done')).rejects.toThrow('ENOENT');
  });
});
