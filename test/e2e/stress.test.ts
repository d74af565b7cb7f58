/** `fed doctor --stress` as people run it: the built program, its processes, and Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fedProgram, makeProject } from '../support/project.ts';
import { eventually } from '../support/store-samples.ts';

test('the stress test reports what it found, keeps it, and leaves nothing behind', { timeout: 60_000 }, async () => {
  const { folder, dir } = makeProject();
  const before = readdirSync(dir);
  const child = spawn(process.execPath, [fedProgram, 'doctor', '--stress', '1', '--report', 'report.txt'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data) => (said += String(data)));
  child.stderr.on('data', (data) => (said += String(data)));
  const [code] = await once(child, 'close');
  expect(said).toMatch(/Nothing was lost: each of [1-9]\d* acknowledged commands is in the journal, once\./);
  expect(said).toMatch(/Processes {3}\d at a time; \d+ killed/);
  expect(said).toMatch(/Disk {8}\w+ at \/.*; a sync takes [\d.]+ ms/);
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'report.txt'), 'utf8')).toBe(said);
  expect(readdirSync(dir)).toEqual(before);
});

test('Ctrl-C ends it and every process it started', { timeout: 60_000 }, async () => {
  const { folder, dir } = makeProject();
  const child = spawn(process.execPath, [fedProgram, 'doctor', '--stress', '600'], { cwd: folder, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data) => (said += String(data)));
  const workers = () => processesOf(dir);
  await eventually(() => workers().length >= 4, 30_000);
  child.kill('SIGINT');
  await once(child, 'close');
  expect(said).toContain(', interrupted');
  expect(workers()).toEqual([]);
  expect(readdirSync(dir)).toEqual(['config.json']);
});

test('its processes end with it when it is killed', { timeout: 60_000 }, async () => {
  const { folder, dir } = makeProject();
  const child = spawn(process.execPath, [fedProgram, 'doctor', '--stress', '600'], { cwd: folder, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await eventually(() => processesOf(dir).length >= 4, 30_000);
  child.kill('SIGKILL');
  await once(child, 'close');
  await eventually(() => processesOf(dir).length === 0, 20_000);
});

/** By the folder in their arguments. */
function processesOf(dir: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return args.includes('stress-worker') && args.includes(dir);
    } catch {
      return false;
    }
  });
}
