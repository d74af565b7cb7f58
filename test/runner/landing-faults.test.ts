/** What a repository, a disk, an agent or a check may do to work on its way to the target. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processStart } from '../../src/runner/process-table.ts';
import { TaskPlaces } from '../../src/runner/worktrees/task-places.ts';
import { worktreePath } from '../../src/runner/worktrees/worktrees.ts';
import { git } from '../support/git.ts';
import { landingWorld } from '../support/landing-world.ts';
import { write } from '../support/repositories.ts';

const run = { command: ['true'], worktree: true };

/** As a runner makes the worktree of a task ready. */
async function prepared(w: Awaited<ReturnType<typeof landingWorld>>, task_id: string) {
  const settings = w.federation.config.agents['kimi']?.run;
  if (settings === undefined) throw new Error('Expected kimi to have a run');
  const places = new TaskPlaces(w.federation, w.environment, 'as configured');
  return await places.prepare(w.task(task_id), settings, w.kimi, new AbortController().signal);
}

async function claimed(w: Awaited<ReturnType<typeof landingWorld>>): Promise<string> {
  const order = { description: 'Next', type: 'implementation', to_agent: 'kimi' };
  const { task_id } = await w.federation.execute('queue_task', order, w.reuben);
  await w.federation.execute('claim_task', { task_id }, w.kimi);
  return task_id;
}

describe('a landing', () => {
  it('goes into a sparse work tree beside a dirty submodule, and starts no hook and no signing', async () => {
    const w = await landingWorld({}, { 'src/a.txt': 'a\n', 'docs/b.txt': 'b\n' });
    const root = dirname(w.folder);
    const part = join(root, 'part');
    mkdirSync(part);
    git(part, 'init', '-q');
    write(part, { 'p.txt': 'p\n' });
    git(part, 'add', '-A');
    git(part, 'commit', '-qm', 'part');
    w.git('submodule', '--quiet', 'add', part, 'src/part');
    w.git('commit', '-qm', 'with a part');
    w.git('sparse-checkout', 'set', 'src');
    const id = await w.work({ 'src/a.txt': 'changed\n', 'docs/b.txt': 'changed too\n', 'src/new.txt': 'n\n' });
    expect(w.git('diff', '--name-only', 'main', `fed/${id}`).split('\n')).toEqual([
      'docs/b.txt',
      'src/a.txt',
      'src/new.txt',
    ]);
    write(join(w.folder, 'src/part'), { 'p.txt': 'mine\n' });
    for (const hook of ['post-merge', 'pre-merge-commit', 'reference-transaction', 'post-checkout', 'pre-commit']) {
      write(w.folder, { [`.git/hooks/${hook}`]: `#!/bin/sh\ntouch "${join(root, 'ran')}"\nexit 1\n` });
      chmodSync(join(w.folder, '.git/hooks', hook), 0o755);
    }
    w.git('config', 'commit.gpgsign', 'true');
    w.git('config', 'gpg.program', 'false');
    expect(await w.land(id)).toMatchObject([{ is: 'landed' }]);
    expect(existsSync(join(root, 'ran'))).toBe(false);
    expect(readFileSync(join(w.folder, 'src/a.txt'), 'utf8')).toBe('changed\n');
    expect(readFileSync(join(w.folder, 'src/part/p.txt'), 'utf8')).toBe('mine\n');
    expect(existsSync(join(w.folder, 'docs/b.txt'))).toBe(false);
    expect(w.git('show', 'main:docs/b.txt')).toBe('changed too');
    expect(w.git('status', '--porcelain')).toBe('M src/part');
    expect(w.git('log', '-1', '--format=%cn')).toBe('fed');
  });

  it('waits where an agent has moved the target under the user, and what had landed stays', async () => {
    const w = await landingWorld();
    const first = await w.work({ 'x.txt': 'x\n' });
    await w.land(first);
    const landed = w.git('rev-parse', 'main');
    const second = await w.work({ 'y.txt': 'y\n' });
    git(worktreePath(await w.open(), second), 'update-ref', 'refs/heads/main', `${landed}^`);
    const [waiting] = await w.land(second);
    expect(waiting).toMatchObject({ is: 'waits', why: expect.stringContaining('changes are staged') });
    expect(readFileSync(join(w.folder, 'x.txt'), 'utf8')).toBe('x\n');
    expect(w.git('rev-parse', `refs/fed/landed/${first}-1`)).toBe(landed);
    w.git('update-ref', 'refs/heads/main', landed);
    expect(await w.land(second)).toMatchObject([{ is: 'landed' }]);
  });

  it('begins again where the target moves while its checks run, and is checked on what it is merged with', async () => {
    const checks = { test: { command: ['sh', '-c', 'sh "$HOME/once.sh"'], types: ['implementation'] } };
    const w = await landingWorld({ checks, land: { target: 'main' } });
    const once = join(dirname(w.folder), 'once.sh');
    writeFileSync(once, 'exit 0\n');
    const id = await w.work({ 'x.txt': 'x\n' });
    const other = await w.work({ 'y.txt': 'y\n' });
    for (const each of [id, other]) await w.check(each);
    await w.land(other);
    const move = `cd "${w.folder}" && git -c user.name=u -c user.email=u@v commit -q --allow-empty -m meanwhile`;
    writeFileSync(once, `unset GIT_DIR GIT_WORK_TREE\necho 'exit 0' > "${once}"\n${move}\n`);
    expect(await w.land(id)).toMatchObject([{ is: 'landed' }]);
    expect(w.git('log', '--first-parent', '--format=%s', '-2')).toBe(`Land ${id}: Build it\nmeanwhile`);
  });

  // As root alone a small disk can be made.
  it.skipIf(process.getuid?.() !== 0)(
    'waits where the disk has no room, and leaves no file half written',
    async ({ skip }) => {
      const disk = mkdtempSync(join(tmpdir(), 'fed-disk-'));
      onTestFinished(() => rmSync(disk, { recursive: true, force: true }));
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'ignore' });
      } catch {
        skip('this container may not mount');
      }
      onTestFinished(() => void execFileSync('umount', ['-l', disk]));
      const w = await landingWorld({}, { 'a.txt': 'a\n' }, disk);
      const id = await w.work({ 'big.bin': 'x'.repeat(900_000), 'a.txt': 'changed\n' });
      const { bavail, bsize } = statfsSync(w.folder);
      writeFileSync(join(w.folder, 'filler.log'), Buffer.alloc(bavail * bsize - 700_000));
      expect((await w.land(id))[0]).toMatchObject({ is: 'waits', why: expect.stringContaining('has no room for it') });
      expect(w.git('status', '--porcelain')).toBe('');
      rmSync(join(w.folder, 'filler.log'));
      expect(await w.land(id)).toMatchObject([{ is: 'landed' }]);
    },
  );
});

describe('a check', () => {
  it('ends what it left behind in a session of its own, and one that changes its mind takes the proof back', async () => {
    const checks = { test: { command: ['sh', '-c', 'sh "$HOME/flaky.sh"'], types: ['implementation'] } };
    const w = await landingWorld({ checks });
    const root = dirname(w.folder);
    const [pid, flaky] = [join(root, 'pid'), join(root, 'flaky.sh')];
    writeFileSync(
      flaky,
      `setsid sh -c 'echo $$ > "${pid}"; exec sleep 600' </dev/null >/dev/null 2>&1 &\nwhile [ ! -s "${pid}" ]; do sleep 0.01; done\n`,
    );
    const id = await w.work({ 'x.txt': 'x\n' });
    expect(await w.check(id)).toMatchObject({ status: 'completed', verified: true });
    expect(processStart(Number(readFileSync(pid, 'utf8')))).toBeNull();
    writeFileSync(flaky, 'echo "not today"; exit 1\n');
    expect(await w.check(id)).toMatchObject({ status: 'completed', verified: false });
    expect((await w.land(id))[0]).toMatchObject({ is: 'waits', why: expect.stringContaining('have not passed') });
  });
});

describe('a worktree', () => {
  it('whose setup fails is not worked in, a check of it is no verdict, and both say what failed', async () => {
    const setup = ['sh', '-c', 'echo "no network"; exit 3'];
    const checks = { test: { command: ['true'], types: ['implementation'] } };
    const w = await landingWorld({
      worktree: { setup },
      checks,
      agents: { kimi: { types: ['implementation'], run } },
    });
    const id = await w.work({ 'x.txt': 'x\n' });
    expect(await w.check(id)).toMatchObject({ status: 'in-progress', failed_attempts: 0 });
    expect(w.task(id).check_results[0]).toMatchObject({ verdict: 'not-run', reason: 'setup failed (exit 3)' });
    expect([...w.federation.state().escalations.values()][0]?.detail).toContain('setup failed (exit 3)');
    const next = await claimed(w);
    await expect(prepared(w, next)).rejects.toThrow('setup failed (exit 3): no network');
  });

  it('is not made from a branch of that name that is somebody else’s, and is from one that a killed runner left', async () => {
    const w = await landingWorld({ agents: { kimi: { types: ['implementation'], run } } });
    const id = await claimed(w);
    w.git('branch', `fed/${id}`);
    expect((await prepared(w, id)).branch).toBe(`fed/${id}`);
    const other = await claimed(w);
    w.git('checkout', '-q', '-b', `fed/${other}`);
    write(w.folder, { 'mine.txt': 'm\n' });
    w.git('add', '-A');
    w.git('commit', '-qm', 'mine');
    w.git('checkout', '-q', 'main');
    const tip = w.git('rev-parse', `fed/${other}`);
    await expect(prepared(w, other)).rejects.toThrow(`The branch fed/${other} exists already`);
    expect(w.git('rev-parse', `fed/${other}`)).toBe(tip);
    expect(existsSync(worktreePath(await w.open(), other))).toBe(false);
  });
});
