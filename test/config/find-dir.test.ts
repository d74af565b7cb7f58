import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { dirForInit, findDir } from '../../src/config/find-dir.ts';

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'find-dir-')));
  for (const folder of [
    'with/.federation',
    'with/deep/er',
    'repo/.git',
    'repo/src',
    'bare',
    'other/.federation',
    'home/.federation',
    'home/.git',
    'home/project',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Given {
  readonly option?: string;
  readonly named?: string;
  readonly project?: string;
  readonly allow?: string;
}

const where = (cwd: string | null, { option, named, project, allow }: Given = {}) => ({
  option,
  environment: {
    HOME: join(root, 'home'),
    FEDERATION_DIR: named,
    FEDERATION_ALLOW: allow,
    CLAUDE_PROJECT_DIR: project === undefined ? undefined : join(root, project),
  },
  cwd: cwd === null ? null : join(root, cwd),
});
const find = (cwd: string | null, given: Given = {}) => {
  const { dir, exists } = findDir(where(cwd, given));
  return { dir, exists };
};
const there = (dir: string) => ({ dir: join(root, dir), exists: true });
const missing = (dir: string) => ({ dir: join(root, dir), exists: false });

describe('the folder of the federation', () => {
  it('is the nearest one going up', () => {
    expect(find('with/deep/er')).toEqual(there('with/.federation'));
  });

  it('is looked for from the project before the working folder', () => {
    expect(find('with', { project: 'other' })).toEqual(there('other/.federation'));
    expect(find('with', { project: 'bare' })).toEqual(there('with/.federation'));
    expect(find('with', { project: 'not there' })).toEqual(there('with/.federation'));
  });

  it('is to be made at the root of the repository, else where one stands', () => {
    expect(find('repo/src')).toEqual(missing('repo/.federation'));
    expect(find('bare')).toEqual(missing('bare/.federation'));
    expect(find('bare', { project: 'repo/src' })).toEqual(missing('repo/.federation'));
  });

  it('is made by init where one stands, not above', () => {
    expect(dirForInit(where('with/deep'))).toBe(join(root, 'with/deep/.federation'));
    expect(dirForInit(where('with/deep', { option: '../../bare' }))).toBe(join(root, 'bare/.federation'));
  });
});

describe('a named folder', () => {
  it('is meant itself where it is called .federation, there or not', () => {
    expect(find('with', { named: '../other/.federation' })).toEqual(there('other/.federation'));
    expect(find('with', { named: 'new/.federation' })).toEqual(missing('with/new/.federation'));
  });

  it('is a project otherwise, whose .federation is used', () => {
    expect(find('bare', { option: '../with' })).toEqual(there('with/.federation'));
    expect(find('repo', { option: '.' })).toEqual(missing('repo/.federation'));
    expect(find('bare', { named: 'new' })).toEqual(missing('bare/new/.federation'));
  });

  it('is meant itself where it holds a federation, whatever it is called', () => {
    mkdirSync(join(root, 'data/journal'), { recursive: true });
    writeFileSync(join(root, 'data/journal/000001.jsonl'), '');
    expect(find('bare', { option: '../data' })).toEqual(there('data'));
  });

  it('is named by the option before the environment', () => {
    expect(find('bare', { option: '../with', named: '../other' })).toEqual(there('with/.federation'));
  });

  it('may begin with ~ for the home folder', () => {
    expect(find('bare', { named: '~/project' })).toEqual(missing('home/project/.federation'));
    expect(find('bare', { named: '~' })).toEqual(there('home/.federation'));
    expect(() => find('bare', { named: '~other/project' })).toThrow('FEDERATION_DIR is "~other/project"');
  });

  it.each([
    ['${workspaceFolder}/.federation', '${workspaceFolder}'],
    ['${CLAUDE_PROJECT_DIR:-.}/x', '${CLAUDE_PROJECT_DIR:-.}'],
    ['${workspaceFolder}', '${workspaceFolder}'],
    ['{env:HOME}/x', '{env:HOME}'],
    ['%USERPROFILE%\\x', '%USERPROFILE%'],
    ['$HOME/x', '$HOME'],
    ['/data/$USER/x', '$USER'],
    ['$env:USERPROFILE\\x', '$env:USERPROFILE'],
    ['$(pwd)/.federation', '$(pwd)'],
  ])('is refused by name where a placeholder was left in it: %s', (value, left) => {
    expect(() => find('with', { named: value })).toThrow(
      `FEDERATION_DIR is ${JSON.stringify(value)}: ${JSON.stringify(left)} was not filled in`,
    );
    expect(() => find('with', { option: value })).toThrow('--dir is ');
  });

  it('may hold a dollar or percent sign of its own', () => {
    expect(find('bare', { named: 'costs in $, 100% sure' })).toEqual(missing('bare/costs in $, 100% sure/.federation'));
  });

  it('counts as unset where it is empty, or a variable without a value', () => {
    for (const named of ['', ' ', '${FEDERATION_DIR:-}']) {
      expect(find('with/deep', { named })).toEqual(there('with/.federation'));
    }
  });
});

describe('the home folder and the root of the disk', () => {
  it('give no federation to what lies below them', () => {
    expect(find('home/project')).toEqual(missing('home/project/.federation'));
  });

  it('get none unless they are named', () => {
    expect(() => find('home')).toThrow(/none can be created here: .*home is the home folder/);
    expect(() => dirForInit(where('home'))).toThrow(/home is the home folder/);
    expect(() => findDir({ ...where(null), cwd: '/' })).toThrow('/ is the root of the disk');
    expect(find('bare', { named: '../home' })).toEqual(there('home/.federation'));
    expect(findDir({ ...where('bare', { option: '/' }) })).toMatchObject({ dir: '/.federation', exists: false });
  });

  it('are passed over for the working folder where only the project is one', () => {
    expect(find('with', { project: 'home' })).toEqual(there('with/.federation'));
  });
});

describe('a working folder that was deleted', () => {
  it('is no matter where the folder is known without it', () => {
    expect(find(null, { project: 'with/deep' })).toEqual(there('with/.federation'));
    expect(find(null, { named: join(root, 'with') })).toEqual(there('with/.federation'));
  });

  it('is said where the folder is not', () => {
    expect(() => find(null)).toThrow('the working folder has been deleted');
    expect(() => find(null, { named: 'with' })).toThrow(
      'with is relative to the working folder, which has been deleted',
    );
  });
});

describe('a .federation that somebody else put in the way', () => {
  const project = (name: string): string => {
    const folder = join(root, name);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'src'), { recursive: true });
    return folder;
  };

  it('is refused where it is a link out of the project, and followed where that is allowed or named', () => {
    const folder = project('linked');
    symlinkSync(join(root, 'other/.federation'), join(folder, '.federation'));
    expect(() => find('linked/src')).toThrow(
      /linked\/\.federation is a link that leads out of the project, to .*other/,
    );
    expect(find('linked/src', { allow: join(root, 'other') })).toEqual(there('linked/.federation'));
    expect(find('linked/src', { named: '..' })).toEqual(there('linked/.federation'));
  });

  it.skipIf(process.getuid?.() !== 0)(
    'is passed over where another user put it into a folder that everyone may write',
    () => {
      const folder = project('everyone');
      mkdirSync(join(folder, '.federation'));
      chmodSync(folder, 0o1777);
      expect(find('everyone/src')).toEqual(there('everyone/.federation'));
      chownSync(join(folder, '.federation'), 12_345, 12_345);
      expect(find('everyone/src')).toEqual(missing('everyone/src/.federation'));
      expect(() => find('everyone')).toThrow('everyone/.federation is not a folder of this user');
      expect(find('everyone', { named: '.' })).toEqual(there('everyone/.federation'));
    },
  );

  it('is followed where it is a link within the project', () => {
    const folder = project('inner');
    mkdirSync(join(folder, 'tools/federation'), { recursive: true });
    symlinkSync('tools/federation', join(folder, '.federation'));
    expect(find('inner/src')).toEqual(there('inner/.federation'));
  });
});
