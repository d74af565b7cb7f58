import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createOwn, isOpenToOthers, makeOwnFolder, settleFolder } from '../../src/files/modes.ts';

const isRoot = process.getuid?.() === 0;
const group = 12_345;

let project = '';
let folder = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'modes-'));
  const made = project;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  folder = join(project, '.federation');
});

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);
const make = (path: string): string => {
  closeSync(createOwn(path));
  return path;
};

describe.skipIf(process.platform === 'win32')('files of ours', () => {
  it.each([0o000, 0o022, 0o077])('are their owner’s alone, whatever the umask (%o)', (umask) => {
    const before = process.umask(umask);
    onTestFinished(() => void process.umask(before));
    makeOwnFolder(join(folder, 'journal'));
    expect([modeOf(folder), modeOf(join(folder, 'journal'))]).toEqual(['700', '700']);
    expect(modeOf(make(join(folder, 'journal/000001.jsonl')))).toBe('600');
  });

  it('are so too in a project that everyone may write, or that a group shares', () => {
    chmodSync(project, 0o2777);
    makeOwnFolder(folder);
    expect(Number.parseInt(modeOf(folder), 8) & 0o077).toBe(0);
    expect(modeOf(make(join(folder, 'db.json')))).toBe('600');
  });

  it('of an earlier version are closed, with everything in them, and links are not followed', () => {
    mkdirSync(join(folder, 'journal'), { recursive: true });
    writeFileSync(join(folder, 'journal/000001.jsonl'), '');
    writeFileSync(join(project, 'README.md'), '');
    symlinkSync('../README.md', join(folder, 'link.md'));
    writeFileSync(join(folder, 'script.sh'), '', { mode: 0o755 });
    for (const path of [folder, join(folder, 'journal')]) chmodSync(path, 0o755);
    chmodSync(join(project, 'README.md'), 0o644);
    expect(isOpenToOthers(folder, null)).toBe(true);
    settleFolder(folder, null);
    expect(isOpenToOthers(folder, null)).toBe(false);
    expect([modeOf(folder), modeOf(join(folder, 'journal')), modeOf(join(folder, 'journal/000001.jsonl'))]).toEqual([
      '700',
      '700',
      '600',
    ]);
    expect([modeOf(join(folder, 'script.sh')), modeOf(join(project, 'README.md'))]).toEqual(['700', '644']);
  });

  it.skipIf(!isRoot)('can be read by a group that may, and by nobody else', () => {
    makeOwnFolder(join(folder, 'journal'));
    make(join(folder, 'db.json'));
    settleFolder(folder, group);
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    make(join(folder, 'journal/000001.jsonl'));
    makeOwnFolder(join(folder, 'sessions'));
    make(join(folder, 'sessions/one.json'));
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const { gid } = statSync(join(folder, name));
      expect([name, gid, modeOf(join(folder, name))]).toEqual([name, group, /\.json/.test(name) ? '640' : '2750']);
    }
    expect([isOpenToOthers(folder, group), isOpenToOthers(folder, null)]).toEqual([false, true]);
    settleFolder(folder, null);
    expect(isOpenToOthers(folder, null)).toBe(false);
    expect(modeOf(make(join(folder, 'turn')))).toBe('600');
  });

  it.skipIf(!isRoot)('made by root in the folder of a user are that user’s', () => {
    makeOwnFolder(folder);
    chownSync(folder, 12_345, 12_346);
    makeOwnFolder(join(folder, 'journal'));
    const { uid, gid } = statSync(make(join(folder, 'journal/000001.jsonl')));
    expect([uid, gid, statSync(join(folder, 'journal')).uid]).toEqual([12_345, 12_346, 12_345]);
  });
});
