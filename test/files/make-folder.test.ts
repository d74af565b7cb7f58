import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../src/files/make-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'make-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('makes what is missing, and says where that begins', () => {
  expect(makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
  expect(makeFolder(join(folder, 'a/b/d'))).toBe(join(folder, 'a/b/d'));
  expect(makeFolder(join(folder, 'a/b'))).toBeUndefined();
});

test('refuses what is no folder, at the end and on the way', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  for (const [path, code] of [
    ['file', 'EEXIST'],
    ['file/a/b', 'ENOTDIR'],
    ['link', 'EEXIST'],
    ['link/a', 'EEXIST'],
  ] as const) {
    expect(() => makeFolder(join(folder, path))).toThrow(code);
  }
});

test.runIf(existsSync('/proc/self'))(
  'gives up where the file system takes no folder and says that there is none',
  () => {
    expect(() => makeFolder('/proc/x/.federation')).toThrow('ENOENT');
  },
);
