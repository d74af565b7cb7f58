import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Project } from '../../src/files/project.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'project-'));
  const folder = root;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

it('reads regular files only, and waits for nobody', async () => {
  const project = new Project(root);
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(root, 'pipe')]);
  mkdirSync(join(root, 'folder'));
  await expect(project.read('pipe', 100)).rejects.toThrow('is not a regular file');
  await expect(project.read('folder', 100)).rejects.toThrow('is not a regular file');
  await expect(project.read('none', 100)).rejects.toMatchObject({ kind: 'missing' });
});

it('reads no more than it was told, also of a file that does not know its size', async () => {
  const project = new Project(root, ['/proc']);
  writeFileSync(join(root, 'two'), 'x'.repeat(2048));
  expect((await project.read('two', 2048)).length).toBe(2048);
  await expect(project.read('two', 1024)).rejects.toThrow('has 2 KiB, more than the 1 KiB allowed');
  await expect(project.read('/proc/kallsyms', 1024)).rejects.toThrow('more than the 1 KiB allowed');
});
