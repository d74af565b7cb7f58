import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository } from '../../src/runner/git/repository.ts';
import { baseOf, mergeTrees } from '../../src/runner/worktrees/base.ts';
import { saveWork } from '../../src/runner/worktrees/save-work.ts';
import {
  branchOf,
  copyInto,
  dirtIn,
  findWorktree,
  knownWorktrees,
  openWorktree,
  removeWorktree,
  withCheckout,
} from '../../src/runner/worktrees/worktrees.ts';
import { git } from '../support/git.ts';
import { makeRepository, write, type World } from '../support/repositories.ts';

const id = 'task-2026-02-06-001';
const saving = { task_id: id, attempt: 1, agent: 'kimi', lapsed: false };

async function opened(world: World) {
  const repository = await world.open();
  const worktree = await openWorktree(repository, id, world.git('rev-parse', 'HEAD'));
  return { repository, worktree };
}

const show = (world: World, what: string): string => world.git('show', what);

describe('what a run leaves', () => {
  it('is committed for it, by its agent: new, changed, deleted and hidden files, whatever was staged', async () => {
    const world = makeRepository({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'three\n', '.gitignore': '*.log\n' });
    const { repository, worktree } = await opened(world);
    const { path } = worktree;
    write(path, { 'a.txt': 'changed\n', 'src/new.ts': 'new\n', 'noise.log': 'x\n', 'c.txt': 'hidden\n' });
    rmSync(join(path, 'b.txt'));
    git(path, 'update-index', '--assume-unchanged', 'c.txt');
    git(path, 'add', 'src/new.ts');
    const saved = await saveWork(repository, worktree, saving);
    expect(saved).toMatchObject({ left_out: [], aside: null });
    expect(world.git('diff', '--name-status', 'main', branchOf(id)).split('\n')).toEqual([
      'M\ta.txt',
      'D\tb.txt',
      'M\tc.txt',
      'A\tsrc/new.ts',
    ]);
    expect(world.git('log', '-1', '--format=%an <%ae> / %cn', branchOf(id))).toBe(
      'kimi <kimi@federation.invalid> / fed',
    );
    expect(await dirtIn(worktree)).toEqual([]);
    // Again, as recovery does: nothing changes.
    expect(await saveWork(repository, worktree, saving)).toMatchObject({ commit: saved.commit });
  });

  it('leaves out large files, private keys and nested repositories, and names them', async () => {
    const world = makeRepository();
    const { repository, worktree } = await opened(world);
    write(worktree.path, { 'key.txt': '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n', 'ok.txt': 'ok\n' });
    writeFileSync(join(worktree.path, 'video.bin'), Buffer.alloc(11 * 1024 * 1024));
    write(worktree.path, { 'nested/x.txt': 'x\n' });
    git(join(worktree.path, 'nested'), 'init', '-q');
    git(join(worktree.path, 'nested'), 'add', '.');
    git(join(worktree.path, 'nested'), 'commit', '-qm', 'nested');
    const saved = await saveWork(repository, worktree, saving);
    expect([...saved.left_out].sort()).toEqual(['key.txt', 'nested', 'video.bin']);
    expect(world.git('ls-tree', '--name-only', '-r', branchOf(id)).split('\n')).toEqual(['a.txt', 'ok.txt']);
    expect(existsSync(join(worktree.path, 'video.bin'))).toBe(true);
    // Nothing uncommitted is thrown away with the worktree.
    expect(await removeWorktree(repository, id)).toContain('uncommitted');
  });

  it('is kept aside where HEAD is elsewhere, a rebase or merge is not finished, or the attempt lapsed', async () => {
    const world = makeRepository();
    const { repository, worktree } = await opened(world);
    git(worktree.path, 'checkout', '-q', '--detach');
    write(worktree.path, { 'd.txt': 'detached\n' });
    const detached = await saveWork(repository, worktree, saving);
    expect(detached.aside).toBe(`refs/fed/wip/${id}/1`);
    expect(show(world, `${detached.aside}:d.txt`)).toBe('detached');
    expect(world.git('rev-parse', branchOf(id))).toBe(world.git('rev-parse', 'main'));
    git(worktree.path, 'checkout', '-q', branchOf(id));
    const lapsed = await saveWork(repository, worktree, { ...saving, attempt: 2, lapsed: true });
    expect(show(world, `${lapsed.aside}:d.txt`)).toBe('detached');
    write(worktree.path, { 'a.txt': 'ours\n' });
    git(worktree.path, 'commit', '-qam', 'ours');
    git(worktree.path, 'checkout', '-q', '-b', 'other', 'main');
    write(worktree.path, { 'a.txt': 'theirs\n' });
    git(worktree.path, 'commit', '-qam', 'theirs');
    git(worktree.path, 'checkout', '-q', branchOf(id));
    expect(() => git(worktree.path, 'merge', '-q', 'other')).toThrow();
    const unmerged = await saveWork(repository, worktree, { ...saving, attempt: 3 });
    expect(unmerged.aside).toBe(`refs/fed/wip/${id}/3`);
    write(worktree.path, { 'a.txt': 'both\n' });
    git(worktree.path, 'add', 'a.txt');
    const merged = await saveWork(repository, worktree, { ...saving, attempt: 3 });
    expect(merged.aside).toBeNull();
    expect(world.git('rev-list', '--parents', '-n', '1', merged.commit).split(' ')).toHaveLength(3);
  });

  it('is saved although the agent deleted .git, set a hook, a monitor and signing, or uses a sparse checkout', async () => {
    const world = makeRepository({ 'a.txt': 'one\n', 'docs/x.md': 'x\n', 'src/y.ts': 'y\n' });
    write(world.folder, { 'evil.sh': '#!/bin/sh\ntouch "$HOME/ran"\n' });
    for (const setting of [
      'core.hooksPath=.',
      'core.fsmonitor=../evil.sh',
      'commit.gpgsign=true',
      'gpg.program=false',
    ]) {
      const [name = '', value = ''] = setting.split('=');
      world.git('config', name, value);
    }
    write(world.folder, { 'post-checkout': '#!/bin/sh\ntouch "$HOME/ran"\n' });
    const { repository, worktree } = await opened(world);
    git(worktree.path, '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', 'sparse-checkout', 'set', 'src');
    write(worktree.path, { 'src/z.ts': 'z\n', 'docs/new.md': 'outside the cone\n' });
    rmSync(join(worktree.path, '.git'));
    const found = findWorktree(repository, id);
    expect(found?.path).toBe(worktree.path);
    await saveWork(repository, found ?? worktree, saving);
    expect(world.git('ls-tree', '-r', '--name-only', branchOf(id)).split('\n')).toEqual([
      'a.txt',
      'docs/new.md',
      'docs/x.md',
      'src/y.ts',
      'src/z.ts',
    ]);
    expect(existsSync(join(world.environment['HOME'] ?? '', 'ran'))).toBe(false);
    expect(world.git('status', '--porcelain')).toBe('?? evil.sh\n?? post-checkout');
  });
});

describe('where a branch begins', () => {
  async function branches() {
    const world = makeRepository({ 'a.txt': '1\n2\n3\n4\n5\n' });
    for (const [name, files] of [
      ['x', { 'x.txt': 'x\n', 'a.txt': '1x\n2\n3\n4\n5\n' }],
      ['y', { 'y.txt': 'y\n' }],
      ['z', { 'a.txt': '1z\n2\n3\n4\n5\n' }],
    ] as const) {
      world.git('checkout', '-q', '-b', name, 'main');
      write(world.folder, files);
      world.git('add', '-A');
      world.git('commit', '-qm', name);
    }
    world.git('checkout', '-q', 'main');
    const commit = (name: string): string => world.git('rev-parse', name);
    return {
      world,
      repository: await world.open(),
      commit,
      source: (name: string) => ({ task_id: name, commit: commit(name) }),
    };
  }

  it('is the target, what it builds on, or several of them merged, whatever is merged already', async () => {
    const { world, repository, commit, source } = await branches();
    const main = commit('main');
    expect(await baseOf(repository, main, [], 'kimi')).toEqual({ commit: main, contains: [], unmerged: [] });
    expect(await baseOf(repository, main, [source('x')], 'kimi')).toEqual({
      commit: commit('x'),
      contains: ['x'],
      unmerged: [],
    });
    const both = await baseOf(repository, main, [source('x'), source('y'), source('y')], 'kimi');
    expect(world.git('ls-tree', '--name-only', both.commit).split('\n')).toEqual(['a.txt', 'x.txt', 'y.txt']);
    expect(both).toMatchObject({ contains: ['x', 'y', 'y'], unmerged: [] });
    expect(await baseOf(repository, commit('x'), [source('x')], 'kimi')).toMatchObject({
      commit: commit('x'),
      contains: [],
    });
  });

  it('leaves a conflict to the agent, and names a commit that this repository has not', async () => {
    const { repository, commit, source } = await branches();
    const base = await baseOf(repository, commit('main'), [source('x'), source('z')], 'kimi');
    expect(base).toMatchObject({ commit: commit('x'), unmerged: [commit('z')] });
    expect(await mergeTrees(repository, commit('x'), commit('z'))).toEqual({ tree: null, files: ['a.txt'] });
    await expect(mergeTrees(repository, commit('x'), 'f'.repeat(40))).rejects.toThrow('could not merge');
    const absent = { task_id: id, commit: 'f'.repeat(40) };
    await expect(baseOf(repository, commit('main'), [absent], 'kimi')).rejects.toThrow(`the work of ${id}`);
  });
});

describe('worktrees', () => {
  it('are made one at a time by however many processes, lie outside the repository, and go only when clean', async () => {
    const world = makeRepository();
    const repository = await world.open();
    const head = world.git('rev-parse', 'HEAD');
    const ids = Array.from({ length: 6 }, (_, n) => `task-2026-02-06-00${n}`);
    await Promise.all(ids.map(async (each) => await openWorktree(await world.open(), each, head)));
    expect(knownWorktrees(repository).map(({ task_id }) => task_id)).toEqual(ids);
    expect(repository.place.startsWith(world.folder)).toBe(false);
    // A second time it is the one that is there.
    const [first = ''] = ids;
    expect((await openWorktree(repository, first, head)).path).toBe(join(repository.place, first));
    for (const each of ids) expect(await removeWorktree(repository, each)).toBeNull();
    expect(knownWorktrees(repository)).toEqual([]);
    expect(world.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('are made again where the folder was deleted, or git was killed while it made one', async () => {
    const world = makeRepository();
    const { repository, worktree } = await opened(world);
    write(worktree.path, { 'b.txt': 'saved\n' });
    await saveWork(repository, worktree, saving);
    rmSync(worktree.path, { recursive: true });
    const again = await openWorktree(repository, id, world.git('rev-parse', 'HEAD'));
    expect(readFileSync(join(again.path, 'b.txt'), 'utf8')).toBe('saved\n');
    writeFileSync(join(again.admin, 'locked'), 'initializing');
    rmSync(again.path, { recursive: true });
    expect((await openWorktree(repository, id, world.git('rev-parse', 'HEAD'))).path).toBe(again.path);
  });

  it('say what is in the way: no repository, no commit, a detached HEAD, a branch "fed"', async () => {
    const empty = makeRepository({});
    await expect((await empty.open()).target(null)).rejects.toThrow('has no commits');
    await expect(Repository.open('/', empty.environment)).rejects.toThrow('no git repository');
    const world = makeRepository();
    world.git('checkout', '-q', '--detach');
    const repository = await world.open();
    await expect(repository.target(null)).rejects.toThrow('detached HEAD');
    expect(await repository.target('main')).toMatchObject({ branch: 'main' });
    world.git('branch', 'fed');
    await expect(openWorktree(repository, id, world.git('rev-parse', 'HEAD'))).rejects.toThrow(
      'The branch "fed" is in the way',
    );
  });

  it('of a bare repository work too, and a checkout of a commit is gone afterwards', async () => {
    const world = makeRepository({ 'a.txt': 'one\n', '.gitignore': '.env\n' });
    write(world.folder, { '.env': 'SECRET=1\n', 'b.txt': 'no\n' });
    const repository = await world.open();
    const seen = await withCheckout(repository, world.git('rev-parse', 'HEAD'), async ({ path, git: its }) => {
      const skipped = await copyInto(repository, world.folder, path, ['.env', 'b.txt', 'missing']);
      return { skipped, env: readFileSync(join(path, '.env'), 'utf8'), head: await its.run(['rev-parse', 'HEAD']) };
    });
    expect(seen).toEqual({ skipped: ['b.txt', 'missing'], env: 'SECRET=1\n', head: world.git('rev-parse', 'HEAD') });
    expect(world.git('worktree', 'list').split('\n')).toHaveLength(1);
    const bare = join(world.folder, '..', 'bare.git');
    world.git('clone', '-q', '--bare', world.folder, bare);
    const other = await Repository.open(bare, world.environment);
    const worktree = await openWorktree(other, id, (await other.target('main')).commit);
    expect(readFileSync(join(worktree.path, 'a.txt'), 'utf8')).toBe('one\n');
  });
});
