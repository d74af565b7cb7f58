/** One federation a repository, whichever of its worktrees a program starts in. Made with git itself. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { dirForInit, findDir } from '../../src/config/find-dir.ts';
import { git } from '../support/git.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'worktrees-')));
  const folder = root;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const where = (cwd: string) => ({ option: undefined, environment: { HOME: '/home/nobody' }, cwd: join(root, cwd) });
const find = (cwd: string) => {
  const { dir, exists, passedOver } = findDir(where(cwd));
  return [relative(root, dir), exists, passedOver === null ? null : relative(root, passedOver)];
};

function makeRepository(name: string, committed: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, name);
  git(root, 'init', '-q', name);
  for (const [path, text] of Object.entries({ 'src/a.txt': 'a', ...committed })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'begin');
  return folder;
}

const committedConfig = { '.federation/config.json': '{}' };

describe('a linked worktree', () => {
  it('uses the federation of its main worktree, wherever it lies', () => {
    const main = makeRepository('main');
    git(main, 'worktree', 'add', '-q', '../elsewhere/feature');
    git(main, 'worktree', 'add', '-q', '.worktrees/inside');
    expect(find('elsewhere/feature/src')).toEqual(['main/.federation', false, null]);
    mkdirSync(join(main, '.federation'));
    expect(find('elsewhere/feature/src')).toEqual(['main/.federation', true, null]);
    expect(find('main/.worktrees/inside')).toEqual(['main/.federation', true, null]);
    expect(find('main/src')).toEqual(['main/.federation', true, null]);
  });

  it('uses it also where a copy of a committed one is checked out, and says what it passed over', () => {
    const main = makeRepository('main', committedConfig);
    git(main, 'worktree', 'add', '-q', '../feature');
    expect(existsSync(join(root, 'feature/.federation/config.json'))).toBe(true);
    expect(find('feature/src')).toEqual(['main/.federation', true, 'feature/.federation']);
  });

  it('uses the one of the same folder where a repository holds several', () => {
    const main = makeRepository('main', { 'packages/a/.federation/config.json': '{}', 'packages/a/src/a.txt': 'a' });
    git(main, 'worktree', 'add', '-q', '../feature');
    expect(find('feature/packages/a/src')).toEqual([
      'main/packages/a/.federation',
      true,
      'feature/packages/a/.federation',
    ]);
    expect(find('feature/packages')).toEqual(['main/.federation', false, null]);
  });

  it('passes nothing over where people linked its folder to that of the main one', () => {
    const main = makeRepository('main');
    git(main, 'worktree', 'add', '-q', '../feature');
    mkdirSync(join(main, '.federation'));
    symlinkSync('../main/.federation', join(root, 'feature/.federation'));
    expect(find('feature/src')).toEqual(['main/.federation', true, null]);
  });

  it('is found with paths from the worktree, as newer versions of git write them', () => {
    const main = makeRepository('main', committedConfig);
    git(main, 'worktree', 'add', '-q', '../feature');
    writeFileSync(join(root, 'feature/.git'), 'gitdir: ../main/.git/worktrees/feature\n');
    expect(find('feature')).toEqual(['main/.federation', true, 'feature/.federation']);
  });

  it('may be moved, by git or by hand', () => {
    const main = makeRepository('main', committedConfig);
    git(main, 'worktree', 'add', '-q', '../feature');
    git(main, 'worktree', 'move', '../feature', '../moved');
    expect(find('moved')[0]).toBe('main/.federation');
    renameSync(join(root, 'moved'), join(root, 'by-hand'));
    expect(find('by-hand')[0]).toBe('main/.federation');
  });

  it('gets none of its own where its repository is gone, and keeps one that is there', () => {
    const main = makeRepository('main');
    git(main, 'worktree', 'add', '-q', '../feature');
    renameSync(main, join(root, 'renamed'));
    expect(() => find('feature')).toThrow(
      /feature\/\.git points to .*main\/\.git\/worktrees\/feature, which does not exist/,
    );
    expect(() => dirForInit(where('feature'))).toThrow('which does not exist');
    mkdirSync(join(root, 'feature/.federation'));
    expect(find('feature')).toEqual(['feature/.federation', true, null]);
  });

  it('is none where a file only claims to be of git', () => {
    const main = makeRepository('main');
    mkdirSync(join(root, 'liar'));
    mkdirSync(join(root, 'liar-git'));
    writeFileSync(join(root, 'liar/.git'), 'gitdir: ../liar-git\n');
    writeFileSync(join(root, 'liar-git/commondir'), join(main, '.git'));
    expect(() => find('liar')).toThrow(/liar-git is not a worktree of .*main\/\.git/);
    writeFileSync(join(root, 'liar/.git'), 'nothing\n');
    expect(() => find('liar')).toThrow('liar/.git is not a file written by git');
  });

  it('gets a new federation in its main worktree, in the same folder', () => {
    const main = makeRepository('main');
    git(main, 'worktree', 'add', '-q', '../feature');
    mkdirSync(join(root, 'feature/only-here'));
    expect(dirForInit(where('feature'))).toBe(join(main, '.federation'));
    expect(dirForInit(where('feature/src'))).toBe(join(main, 'src/.federation'));
    expect(dirForInit(where('feature/only-here'))).toBe(join(main, '.federation'));
  });
});

describe('a bare repository', () => {
  it('keeps the federation of its worktrees itself', () => {
    makeRepository('origin');
    git(root, 'clone', '-q', '--bare', 'origin', 'bare.git');
    git(join(root, 'bare.git'), 'worktree', 'add', '-q', '../one');
    git(join(root, 'bare.git'), 'worktree', 'add', '-q', '-b', 'two', '../two');
    expect([find('one'), find('two/src')]).toEqual([
      ['bare.git/.federation', false, null],
      ['bare.git/.federation', false, null],
    ]);
    mkdirSync(join(root, 'bare.git/.federation'));
    expect(find('two')).toEqual(['bare.git/.federation', true, null]);
  });

  it('leaves it to the folder around where that is the place of the project', () => {
    makeRepository('origin');
    git(root, 'clone', '-q', '--bare', 'origin', 'project/.bare');
    writeFileSync(join(root, 'project/.git'), 'gitdir: ./.bare\n');
    git(join(root, 'project'), 'worktree', 'add', '-q', 'main');
    git(root, 'clone', '-q', '--bare', 'origin', 'other/.git');
    git(join(root, 'other'), 'worktree', 'add', '-q', 'main');
    expect(find('project/main/src')).toEqual(['project/.federation', false, null]);
    expect(find('other/main/src')).toEqual(['other/.federation', false, null]);
  });

  it('uses one around it that is there already', () => {
    makeRepository('origin');
    git(root, 'clone', '-q', '--bare', 'origin', 'project/bare.git');
    git(join(root, 'project/bare.git'), 'worktree', 'add', '-q', '../main');
    mkdirSync(join(root, 'project/.federation'));
    expect(find('project/main/src')).toEqual(['project/.federation', true, null]);
  });
});

describe('a repository whose git folder is kept apart', () => {
  it('has its federation in its main worktree, which its linked ones cannot know', () => {
    git(root, 'init', '-q', '--separate-git-dir', join(root, 'kept.git'), 'main');
    git(join(root, 'main'), 'commit', '-q', '--allow-empty', '-m', 'begin');
    git(join(root, 'main'), 'worktree', 'add', '-q', '../feature');
    expect(find('main')).toEqual(['main/.federation', false, null]);
    expect(() => find('feature')).toThrow(/kept\.git does not say where its main worktree is/);
  });
});

describe('a submodule', () => {
  const withSubmodule = (): string => {
    makeRepository('library', committedConfig);
    const main = makeRepository('main');
    git(main, 'submodule', '--quiet', 'add', '../library', 'libs/library');
    git(main, 'commit', '-qm', 'library');
    return main;
  };

  it('belongs to its superproject, also where it has a federation of its own', () => {
    const main = withSubmodule();
    expect(find('main/libs/library/src')).toEqual(['main/.federation', false, 'main/libs/library/.federation']);
    expect(dirForInit(where('main/libs/library'))).toBe(join(main, '.federation'));
  });

  it('belongs to it as well where it keeps its git folder itself', () => {
    const main = withSubmodule();
    const folder = join(main, 'libs/library');
    rmSync(join(folder, '.git'));
    cpSync(join(main, '.git/modules/libs/library'), join(folder, '.git'), { recursive: true });
    expect(find('main/libs/library')[0]).toBe('main/.federation');
  });

  it('belongs to the main worktree of its superproject, from any worktree of either', () => {
    const main = withSubmodule();
    git(main, 'worktree', 'add', '-q', '../feature');
    git(join(root, 'feature'), 'submodule', '--quiet', 'update', '--init');
    git(join(main, 'libs/library'), 'worktree', 'add', '-q', join(root, 'library-feature'));
    expect(readFileSync(join(root, 'feature/libs/library/.git'), 'utf8')).toContain('worktrees/feature/modules');
    expect(find('feature/libs/library')[0]).toBe('main/.federation');
    expect(find('library-feature/src')[0]).toBe('main/.federation');
  });

  it('is not what merely lies in another repository', () => {
    makeRepository('main');
    makeRepository('main/vendor/clone');
    expect(find('main/vendor/clone')).toEqual(['main/vendor/clone/.federation', false, null]);
    git(join(root, 'main'), 'worktree', 'add', '-q', '../feature');
    makeRepository('feature/vendor/clone');
    mkdirSync(join(root, 'main/.federation'));
    expect(find('feature/vendor/clone')).toEqual(['main/.federation', true, null]);
  });
});
