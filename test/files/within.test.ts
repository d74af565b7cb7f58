import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isWithin, realPlace } from '../../src/files/within.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'within-')));
  const folder = root;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/file'), '');
});

describe('the place a path leads to', () => {
  it('is found through links to files and folders', () => {
    symlinkSync('a', join(root, 'link'));
    symlinkSync('../file', join(root, 'a/b/up'));
    expect(realPlace(join(root, 'link/b/up'))).toBe(join(root, 'a/file'));
  });

  it('is what would be made where nothing is yet, also behind a link', () => {
    symlinkSync('a/new', join(root, 'dangling'));
    symlinkSync('dangling', join(root, 'twice'));
    expect(realPlace(join(root, 'a/b/c/d'))).toBe(join(root, 'a/b/c/d'));
    expect(realPlace(join(root, 'twice'))).toBe(join(root, 'a/new'));
    expect(realPlace(join(root, 'dangling/below'))).toBe(join(root, 'a/new/below'));
  });

  it('is nowhere for links in a circle', () => {
    symlinkSync('two', join(root, 'one'));
    symlinkSync('one', join(root, 'two'));
    expect(() => realPlace(join(root, 'one'))).toThrow('ELOOP');
  });
});

it('tells what is inside a folder from what only begins with its name', () => {
  expect([isWithin('/p', '/p'), isWithin('/p/a', '/p'), isWithin('/p/..a', '/p'), isWithin('/a', '/')]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([isWithin('/pq', '/p'), isWithin('/', '/p'), isWithin('/q/p', '/p')]).toEqual([false, false, false]);
});
