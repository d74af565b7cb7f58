import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import { git } from '../support/git.ts';
import { landingWorld } from '../support/landing-world.ts';
import { write } from '../support/repositories.ts';

const passing = { test: { command: ['sh', '-c', 'test -f good.txt'], types: ['implementation'] } };

describe('a check', () => {
  it('runs on a clean checkout of the commit; a failure is a failed attempt, a pass completes and verifies', async () => {
    const w = await landingWorld({ checks: passing });
    const id = await w.work({ 'bad.txt': 'x\n' });
    // What lies in the user's own folder is not the work's.
    write(w.folder, { 'good.txt': 'not committed\n' });
    expect(await w.check(id)).toMatchObject({ status: 'pending', failed_attempts: 1 });
    const [failed] = w.task(id).check_results;
    expect(failed).toMatchObject({
      verdict: 'failed',
      exit: 1,
      place: 'checkout',
      by: 'reuben',
      commit: w.git('rev-parse', `fed/${id}`),
    });
    await w.work({ 'good.txt': 'good\n' }, { task_id: id });
    expect(await w.check(id)).toMatchObject({ status: 'completed', verified: true, result: { by: 'kimi' } });
    expect(w.task(id).check_results.at(-1)).toMatchObject({
      verdict: 'passed',
      tree: w.git('rev-parse', `fed/${id}^{tree}`),
    });
    expect(w.git('worktree', 'list').split('\n')).toHaveLength(2);
  });

  it('gives no verdict where setup fails, the program is missing, or it changes what it checks', async () => {
    const checks = {
      missing: { command: ['no-such-program-here'], types: ['testing'] },
      writes: { command: ['sh', '-c', 'echo x > made.txt'], types: ['documentation'] },
    };
    const w = await landingWorld({ checks });
    for (const [type, reason] of [
      ['testing', 'not found'],
      ['documentation', 'changed 1 file of the checkout: made.txt'],
    ] as const) {
      const id = await w.work({ [`${type}.txt`]: 'x\n' }, { type });
      await w.check(id);
      expect(w.task(id)).toMatchObject({ status: 'in-progress', failed_attempts: 0 });
      expect(w.task(id).check_results[0]?.reason).toContain(reason);
    }
    expect([...w.federation.state().escalations.values()].map(({ kind }) => kind)).toEqual(['checks', 'checks']);
  });

  it('ends with everything it started when its time is up, and sees nothing of the environment but the usual', async () => {
    const checks = {
      slow: {
        command: [
          'sh',
          '-c',
          'env > "$OUT_IS_NOT_HANDED_ON/../env.log" 2>/dev/null; echo "marker=$FEDERATION_RUN home=$HOME ci=$CI secret=$SECRET"; sleep 600 & exec sleep 600',
        ],
        timeout_minutes: 0.02,
      },
    };
    const w = await landingWorld({ checks });
    Object.assign(w.environment, { SECRET: 'hidden' });
    const id = await w.work({ 'b.txt': 'x\n' });
    await w.check(id);
    const [result] = w.task(id).check_results;
    expect(result).toMatchObject({ verdict: 'failed', exit: null, reason: 'it took longer than 0.02 minutes' });
    expect(result?.output).toMatch(/marker=run-1970-01-01-\d+\.\S+ home=\S+ ci=1 secret=$/);
  });

  it('of work without a commit runs in place and says so', async () => {
    const w = await landingWorld({ checks: passing });
    const { task_id } = await w.federation.execute(
      'queue_task',
      { description: 'By hand', type: 'implementation' },
      w.reuben,
    );
    const hand: Actor = { name: 'copilot', kind: 'agent', session: 'c-1', client: 'vscode' };
    await w.federation.execute('claim_task', { task_id }, hand);
    await w.federation.execute('complete_task', { task_id, outcome: 'success', summary: 'done' }, hand);
    write(w.folder, { 'good.txt': 'x\n' });
    expect(await w.check(task_id)).toMatchObject({ status: 'completed', verified: true });
    expect(w.task(task_id).check_results[0]).toMatchObject({ place: 'in-place', commit: null });
  });
});

describe('landing', () => {
  it('moves a branch that is checked out, with an unrelated change in the tree, and says who did what', async () => {
    const w = await landingWorld({ checks: passing });
    const id = await w.work({ 'good.txt': 'good\n' });
    await w.check(id);
    write(w.folder, { 'a.txt': 'mine, not committed\n' });
    expect(await w.land(id)).toMatchObject([{ task_id: id, is: 'landed', target: 'main' }]);
    expect(readFileSync(join(w.folder, 'good.txt'), 'utf8')).toBe('good\n');
    expect(w.git('status', '--porcelain')).toBe('M a.txt');
    const message = w.git('log', '-1', '--format=%B');
    expect(message).toBe(
      `Land ${id}: Build it\n\nBuilt.\n\nFed-Task: ${id}\nFed-Attempt: 1\nFed-Agent: kimi\nFed-Checks: test`,
    );
    expect(w.git('log', '-1', '--format=%an')).toBe('kimi');
    expect(w.task(id).work?.landing).toMatchObject({ state: 'landed', merge: w.git('rev-parse', 'main') });
    // Its worktree and branch are gone; a second time changes nothing.
    expect(w.git('branch', '--list', 'fed/*')).toBe('');
    expect(w.git('worktree', 'list').split('\n')).toHaveLength(1);
    const before = w.git('rev-parse', 'main');
    expect(await w.land(id)).toMatchObject([{ is: 'settled', why: 'landed' }]);
    expect(w.git('rev-parse', 'main')).toBe(before);
  });

  it('waits while anything of the user’s is in the way, and overwrites nothing', async () => {
    const w = await landingWorld({}, { 'a.txt': '1\n2\n3\n', 'h.txt': 'h\n' });
    const id = await w.work({ 'a.txt': '1\n2\n3\n4\n', 'new.log/x': 'x\n', 'h.txt': 'theirs\n' });
    const why = async () => (await w.land(id))[0]?.why ?? '';
    const main = w.git('rev-parse', 'main');
    write(w.folder, { 'a.txt': 'mine\n' });
    expect(await why()).toContain('a.txt in');
    w.git('checkout', '-q', 'a.txt');
    write(w.folder, { staged: 's\n' });
    w.git('add', 'staged');
    expect(await why()).toContain('changes are staged');
    w.git('rm', '-q', '-f', '--cached', 'staged');
    writeFileSync(join(w.folder, 'new.log'), 'ignored, and mine\n');
    git(w.folder, 'update-index', '--assume-unchanged', 'h.txt');
    write(w.folder, { 'h.txt': 'hidden\n' });
    expect(await why()).toContain('h.txt');
    expect(readFileSync(join(w.folder, 'new.log'), 'utf8')).toBe('ignored, and mine\n');
    expect(readFileSync(join(w.folder, 'h.txt'), 'utf8')).toBe('hidden\n');
    expect(w.git('rev-parse', 'main')).toBe(main);
    w.git('update-index', '--no-assume-unchanged', 'h.txt');
    w.git('stash', '-q', '--', 'h.txt');
    expect(await why()).toContain('new.log');
    w.git('checkout', '-q', '-b', 'mine');
  });

  it('lands on a branch that is not checked out, after others moved it, and once by two landers', async () => {
    const w = await landingWorld({ land: { target: 'main' } });
    const ids = [await w.work({ 'x.txt': 'x\n' }), await w.work({ 'y.txt': 'y\n' })];
    w.git('checkout', '-q', '-b', 'elsewhere');
    await Promise.all(ids.flatMap((id) => [w.land(id), w.land(id)]));
    expect(w.git('ls-tree', '--name-only', 'main').split('\n')).toEqual(['.gitignore', 'a.txt', 'x.txt', 'y.txt']);
    expect(w.git('rev-list', '--count', '--merges', 'main')).toBe('2');
    expect(w.git('rev-parse', 'HEAD')).toBe(w.git('rev-list', '--max-parents=0', 'main'));
    expect(existsSync(join(w.folder, 'x.txt'))).toBe(false);
  });

  it('sends a conflict, and a merge that fails its checks, back to the agent', async () => {
    const checks = {
      test: { command: ['sh', '-c', '! { test -f x.txt && test -f y.txt; }'], types: ['implementation'] },
    };
    const w = await landingWorld({ checks });
    const [x, y, z] = [
      await w.work({ 'x.txt': 'x\n', 'a.txt': 'x\n' }),
      await w.work({ 'y.txt': 'y\n' }),
      await w.work({ 'a.txt': 'z\n' }),
    ];
    for (const id of [x, y, z]) await w.check(id);
    expect((await w.land(x))[0]?.is).toBe('landed');
    const main = w.git('rev-parse', 'main');
    const [failing] = await w.land(y);
    expect(failing).toMatchObject({ is: 'sent-back' });
    expect(w.task(failing?.rework ?? '')).toMatchObject({ rework_of: y, to_agent: 'kimi', status: 'pending' });
    const [conflict] = await w.land(z);
    expect(conflict?.why).toContain('a.txt');
    expect(w.git('rev-parse', 'main')).toBe(main);
    expect(w.task(y).work?.landing).toBeNull();
  });

  it('finds in git what a killed lander did, and records it once', async () => {
    const w = await landingWorld();
    const id = await w.work({ 'x.txt': 'x\n' });
    w.git('merge', '-q', '--no-ff', '-m', 'as a lander would', `fed/${id}`);
    const merge = w.git('rev-parse', 'main');
    expect(await w.land(id)).toMatchObject([{ is: 'landed', commit: merge }]);
    expect(w.git('rev-parse', 'main')).toBe(merge);
  });

  it('asks for a yes where the work changes a file that decides what runs', async () => {
    const checks = { test: { command: ['true'], types: ['implementation'], protect: ['package.json'] } };
    const w = await landingWorld({ checks }, { 'package.json': '{}\n' });
    const id = await w.work({
      'package.json': '{"scripts":{"test":"exit 0"}}\n',
      'sub/.gitattributes': '* filter=x\n',
    });
    await w.check(id);
    expect((await w.land(id))[0]?.why).toContain('package.json, sub/.gitattributes');
    await w.federation.execute('review_task', { task_id: id, verdict: 'accept', note: 'fine' }, w.reuben);
    expect((await w.land(id))[0]?.is).toBe('landed');
  });

  it('can be dropped and reverted, and what was reverted can be done again', async () => {
    const w = await landingWorld();
    const dropped = await w.work({ 'd.txt': 'd\n' });
    const tip = w.git('rev-parse', `fed/${dropped}`);
    expect(await w.drop(dropped)).toEqual({ kept: `refs/fed/wip/${dropped}/dropped`, why: null });
    expect(w.git('rev-parse', `refs/fed/wip/${dropped}/dropped`)).toBe(tip);
    const id = await w.work({ 'x.txt': 'x\n' });
    await w.land(id);
    await w.work({ 'later.txt': 'l\n' }).then(w.land);
    const reverted = await w.revert(id, 'it broke the build');
    expect(reverted).toMatchObject({ is: 'landed', commit: w.git('rev-parse', 'main') });
    expect(existsSync(join(w.folder, 'x.txt'))).toBe(false);
    expect(existsSync(join(w.folder, 'later.txt'))).toBe(true);
    expect(w.git('log', '-1', '--format=%B')).toContain(`Fed-Reverts: ${id}`);
    const again = await w.work({ 'x.txt': 'better\n' }, { task_id: reverted.rework ?? '' });
    expect((await w.land(again))[0]?.is).toBe('landed');
    expect(readFileSync(join(w.folder, 'x.txt'), 'utf8')).toBe('better\n');
  });
});
