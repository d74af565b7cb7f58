import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ownName } from '../../src/runner/own-folders.ts';
import { knownWorktrees, withCheckout, worktreePath } from '../../src/runner/worktrees/worktrees.ts';
import { TaskPlaces } from '../../src/runner/worktrees/task-places.ts';
import { git } from '../support/git.ts';
import { landingWorld } from '../support/landing-world.ts';
import { write } from '../support/repositories.ts';
import { runWith } from '../support/run-fed.ts';

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync('true').pid;
}

it('worktrees go once landed or dropped and clean, and doctor and runs clean name the others and why they stay', async () => {
  const w = await landingWorld();
  const repository = await w.open();
  // Landed and dropped by hand, so that their worktrees stay for the command to remove.
  const landed = await w.work({ 'landed.txt': 'l\n' });
  w.git('merge', '-q', '--no-ff', '-m', 'by hand', `fed/${landed}`);
  await w.federation.execute(
    'finish_landing',
    { task_id: landed, target: 'main', merge: w.git('rev-parse', 'main') },
    w.reuben,
  );
  const dropped = await w.work({ 'dropped.txt': 'd\n' });
  await w.federation.execute('drop_work', { task_id: dropped }, w.reuben);
  const [dirty, ahead, open] = [
    await w.work({ 'x.txt': 'x\n' }),
    await w.work({ 'y.txt': 'y\n' }),
    await w.work({ 'z.txt': 'z\n' }),
  ];
  for (const id of [dirty, ahead]) await w.federation.execute('drop_work', { task_id: id }, w.reuben);
  write(worktreePath(repository, dirty), { 'x.txt': 'changed since\n' });
  write(worktreePath(repository, ahead), { 'later.txt': 'committed since\n' });
  git(worktreePath(repository, ahead), 'add', '-A');
  git(worktreePath(repository, ahead), 'commit', '-qm', 'later');
  const [unknown, inMain] = ['task-2020-01-01-001', 'task-2020-01-01-002'];
  w.git('worktree', 'add', '-q', '-b', `fed/${unknown}`, worktreePath(repository, unknown));
  write(worktreePath(repository, unknown), { 'only.txt': 'here\n' });
  git(worktreePath(repository, unknown), 'add', '-A');
  git(worktreePath(repository, unknown), 'commit', '-qm', 'nowhere else');
  w.git('worktree', 'add', '-q', '-b', `fed/${inMain}`, worktreePath(repository, inMain));

  const environment = { ...w.environment, FEDERATION_DIR: join(w.folder, '.federation') };
  const fed = (...args: readonly string[]) => runWith(w.folder, [...args, '--as', 'reuben'], { environment });
  vi.stubEnv('XDG_STATE_HOME', w.environment['XDG_STATE_HOME'] ?? '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { out: doctor } = await fed('doctor');
  expect(doctor).toContain('7 worktrees');
  expect(doctor).toContain(`${worktreePath(repository, unknown)}: no task ${unknown} is known here`);
  expect(doctor).toContain('of 20 GB');
  const shown = await fed('runs', 'clean');
  expect(shown.out).toContain('of 20480 MB in use');
  expect(shown.out).toContain('fed runs clean --remove');
  expect(knownWorktrees(repository)).toHaveLength(7);

  const { items } = JSON.parse((await fed('runs', 'clean', '--remove', '--json')).out);
  const said = new Map<string, string>(
    items.map(({ task_id, is, why }: Record<string, string>) => [task_id, `${is}: ${why}`]),
  );
  expect(Object.fromEntries(said)).toEqual({
    [landed]: 'removed: landed',
    [dropped]: 'removed: dropped',
    [dirty]: 'kept: it has uncommitted changes (1)',
    [ahead]: `kept: fed/${ahead} has commits that ${ahead} does not know of`,
    [open]: `in-use: ${open} has neither landed nor been dropped`,
    [unknown]: `kept: no task ${unknown} is known here`,
    [inMain]: 'removed: all of it is in main',
  });
  expect(knownWorktrees(repository).map(({ task_id }) => task_id)).toEqual([unknown, dirty, ahead, open]);
  expect(w.git('branch', '--list', '--format=%(refname:short)', 'fed/*').split('\n')).toEqual(
    [unknown, dirty, ahead, open].map((id) => `fed/${id}`),
  );
});

it('no worktree is made beyond the disk space that is configured, and what is taken is said', async () => {
  const w = await landingWorld({
    worktree: { keep_gigabytes: 0.1 },
    agents: { kimi: { types: ['implementation'], run: { command: ['true'], worktree: true } } },
  });
  const repository = await w.open();
  const id = await w.work({ 'a.txt': 'a\n' });
  writeFileSync(join(worktreePath(repository, id), 'big.log'), Buffer.alloc(110 * 1024 * 1024));
  const places = new TaskPlaces(w.federation, w.environment, 'as configured');
  const settings = w.federation.config.agents['kimi']?.run;
  if (settings === undefined) throw new Error('Expected kimi to have a run');
  const order = { description: 'Next', type: 'implementation', to_agent: 'kimi' };
  const { task_id } = await w.federation.execute('queue_task', order, w.reuben);
  await w.federation.execute('claim_task', { task_id }, w.kimi);
  const preparing = places.prepare(w.task(task_id), settings, w.kimi, new AbortController().signal);
  await expect(preparing).rejects.toThrow('Worktrees take 0.1 GB, the limit');
  expect(existsSync(worktreePath(repository, task_id))).toBe(false);
});

it('what killed checks left is removed by whoever comes next, and nothing of a living process', async () => {
  const w = await landingWorld();
  const repository = await w.open();
  const own = mkdtempSync(join(tmpdir(), 'fed-left-'));
  onTestFinished(() => rmSync(own, { recursive: true, force: true }));
  vi.stubEnv('TMPDIR', own);
  onTestFinished(() => void vi.unstubAllEnvs());
  const pid = deadPid();
  for (const name of [
    `fed-check-${ownName(pid)}abc`,
    `fed-save-${ownName(pid)}abc`,
    `fed-check-${ownName()}abc`,
    'fed-mine',
  ]) {
    mkdirSync(join(own, name));
    writeFileSync(join(own, name, 'x'), 'x');
  }
  const checkout = join(repository.place, 'checks', `${ownName(pid)}abc`);
  await withCheckout(repository, 'main', async ({ path }) => {
    w.git('worktree', 'add', '-q', '--detach', '--lock', checkout);
    const environment = { ...w.environment, FEDERATION_DIR: join(w.folder, '.federation') };
    const clean = (...args: readonly string[]) =>
      runWith(w.folder, ['runs', 'clean', ...args, '--as', 'reuben'], { environment });
    expect((await clean()).out).toContain('3 folders of killed checks');
    expect((await clean('--remove')).out).toContain('3 folders of killed checks, 0 MB: removed');
    expect(existsSync(path)).toBe(true);
  });
  expect(existsSync(checkout)).toBe(false);
  expect(w.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect([`fed-check-${ownName()}abc`, 'fed-mine'].every((name) => existsSync(join(own, name)))).toBe(true);
  expect(existsSync(join(own, `fed-check-${ownName(pid)}abc`))).toBe(false);
});
