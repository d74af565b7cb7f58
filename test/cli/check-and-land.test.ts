import { join } from 'node:path';
import { expect, it } from 'vitest';
import { landingWorld } from '../support/landing-world.ts';
import { makeRepository, write } from '../support/repositories.ts';
import { runWith } from '../support/run-fed.ts';

it('fed check runs what was approved here, verifies by it, and says what it could not; fed land lists and refuses', async () => {
  const world = makeRepository({ 'a.txt': 'a\n', '.gitignore': '.federation/\n' });
  const checks = { test: { command: ['sh', '-c', 'test -f good.txt'], types: ['implementation'] } };
  const config = { checks, scheduling: { enabled: false }, log_file: null };
  write(world.folder, { '.federation/config.json': JSON.stringify(config) });
  const dir = join(world.folder, '.federation');
  const fed = (as: string, ...args: string[]) =>
    runWith(world.folder, [...args, '--as', as], { environment: { ...world.environment, FEDERATION_DIR: dir } });

  const queued = await fed('reuben', 'queue', 'add', 'Build it', '--type', 'implementation', '--json');
  const id = /task-[\d-]+/.exec(queued.out)?.[0] ?? '';
  await fed('kimi', 'queue', 'claim');
  const first = world.git('rev-parse', 'HEAD');
  const done = await fed('kimi', 'queue', 'complete', id, 'built', '--commit', first, '--json');
  expect(JSON.parse(done.out)).toMatchObject({
    task: { status: 'in-progress', waiting_for: ['checks'] },
    checks: ['test'],
  });

  const refused = await fed('reuben', 'check', id);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.err).toContain('checks: {"test"');
  const agents = { ...world.environment, FEDERATION_DIR: dir, CLAUDECODE: '1' };
  const inside = await runWith(world.folder, ['check', id, '--trust', '--as', 'kimi'], { environment: agents });
  expect(inside.err).toContain('CLAUDECODE is set');

  const failed = await fed('reuben', 'check', id, '--trust');
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.out).toContain('✗ failed');
  write(world.folder, { 'good.txt': 'g\n' });
  world.git('add', '-A');
  world.git('commit', '-qm', 'better');
  await fed('kimi', 'queue', 'claim');
  await fed('kimi', 'queue', 'complete', id, 'better', '--commit', world.git('rev-parse', 'HEAD'));
  // Approved once, it is not asked again.
  const passed = await fed('reuben', 'check', id, '--json');
  expect(passed.code).toBe(0);
  expect(JSON.parse(passed.out)).toMatchObject({ verified: true, checks: [{ check: 'test', verdict: 'passed' }] });
  const shown = await fed('reuben', 'queue', 'show', id);
  expect(shown.out).toContain('verified: test passed on');

  expect((await fed('reuben', 'land', '--list')).out).toContain('Nothing to land.');
  const landed = await fed('reuben', 'land', id, '--json');
  expect(landed.code).toBe(1);
  expect(JSON.parse(landed.out)).toMatchObject({ items: [{ is: 'settled', why: 'it was not done in a worktree' }] });
  expect((await fed('reuben', 'runs', 'clean')).out).toContain('No worktrees.');
});

it('fed land --list asks git what is in the way, and options that say nothing by themselves are refused', async () => {
  const w = await landingWorld();
  const environment = { ...w.environment, FEDERATION_DIR: join(w.folder, '.federation') };
  const land = (...args: string[]) => runWith(w.folder, ['land', ...args, '--as', 'reuben'], { environment });
  const id = await w.work({ 'a.txt': '1\n2\n3\n4\n' });
  expect((await land('--list')).out).toContain('landable');
  write(w.folder, { 'a.txt': 'mine\n' });
  const { out } = await land('--list', '--json');
  expect(JSON.parse(out).items).toMatchObject([{ is: 'waits', why: expect.stringContaining('a.txt in') }]);
  w.git('commit', '-qam', 'mine');
  expect((await land('--list')).out).toContain('it conflicts with main in a.txt; landing sends it back');
  // Nothing came of looking.
  expect(w.task(id).work?.landing).toBeNull();
  w.git('reset', '-q', '--hard', 'HEAD^');
  await land(id, '--trust');
  const reverted = await land('--revert', id, '--rework', 'not yet');
  expect(reverted.out).toMatch(/reverted .* queued again as task-/);
  expect((await land('--revert', id)).err).toContain('was reverted already, by');
  for (const [args, text] of [
    [['--rework', 'why', id], 'goes with --revert'],
    [['--reason', 'why', id], 'goes with --drop'],
    [['--list', 'task-2020-01-01-001'], 'task-2020-01-01-001'],
  ] as const) {
    const refused = await land(...args);
    expect([refused.code === 0, refused.err.includes(text)]).toEqual([false, true]);
  }
});
