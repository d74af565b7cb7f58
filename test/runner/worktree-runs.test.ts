import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownWorktrees } from '../../src/runner/worktrees/worktrees.ts';
import { checkTask } from '../../src/runner/checks/check-task.ts';
import { Repository } from '../../src/runner/git/repository.ts';
import { git } from '../support/git.ts';
import { write } from '../support/repositories.ts';
import { livingOf, runnerWorld, standIn } from '../support/runner-world.ts';

const checks = { test: { command: ['sh', '-c', 'test -f good.txt'], types: ['implementation'] } };
const agents = { kimi: { types: ['implementation', 'testing'], run: { ...standIn, concurrency: 2 } } };

async function worldInRepository(more: Record<string, unknown> = {}) {
  const world = await runnerWorld(agents, { retries: { first_delay_seconds: 0 }, ...more });
  git(world.folder, 'init', '-q');
  write(world.folder, { '.gitignore': '.federation/\nbin/\nstate/\n.local/\nFEDERATION_LOG.md\n', 'a.txt': 'a\n' });
  git(world.folder, 'add', '-A');
  git(world.folder, 'commit', '-qm', 'begin');
  const run = (...args: readonly string[]): string => git(world.folder, ...args).trim();
  const repository = await Repository.open(world.folder, world.environment);
  return { ...world, git: run, repository };
}

describe('runs in worktrees', () => {
  it('leave work that is saved, checked, tried again after a failing check, and landed with nobody typing', async () => {
    const w = await worldInRepository({ checks, land: { when: 'verified' } });
    const bad = await w.queue('First try. [do: write bad.txt=x]', { type: 'implementation', max_attempts: 2 });
    const good = await w.queue('Done at once. [do: write commit good.txt=g]', { type: 'implementation' });
    // Both attempts at the bad one were reported done.
    expect(await w.work()).toEqual({ runs: 3, completed: 3, failed: 0, checks_failed: 2 });
    expect(w.task(good.task_id)).toMatchObject({
      status: 'completed',
      verified: true,
      work: { landing: { state: 'landed' } },
    });
    expect(w.git('log', '-1', '--format=%B')).toContain(
      `Fed-Task: ${good.task_id}\nFed-Attempt: 1\nFed-Agent: kimi\nFed-Checks: test`,
    );
    expect(readFileSync(join(w.folder, 'good.txt'), 'utf8')).toBe('g\n');
    // It had two attempts, each on the branch of the one before.
    expect(w.task(bad.task_id)).toMatchObject({ status: 'failed', failed_attempts: 2 });
    expect(w.task(bad.task_id).notes[0]?.text).toContain('test failed');
    expect(w.git('show', `fed/${bad.task_id}:bad.txt`)).toBe('x');
    expect(existsSync(join(w.folder, 'bad.txt'))).toBe(false);
    expect(knownWorktrees(w.repository).map(({ task_id }) => task_id)).toEqual([bad.task_id]);
    expect(livingOf(w)).toEqual([]);
  });

  it('begin with what their task builds on, before that has landed', async () => {
    const w = await worldInRepository();
    const first = await w.queue('One. [do: write one.txt=1]', { type: 'implementation' });
    const second = await w.queue('Two. [do: write two.txt=2]', { type: 'implementation' });
    const both = await w.queue('Both. [do: write commit three.txt=3]', {
      type: 'implementation',
      dependencies: [first.task_id, second.task_id],
    });
    await w.work();
    expect(w.git('ls-tree', '--name-only', `fed/${both.task_id}`).split('\n')).toEqual([
      '.gitignore',
      'a.txt',
      'one.txt',
      'three.txt',
      'two.txt',
    ]);
    expect(w.task(both.task_id).work?.contains).toEqual([first.task_id, second.task_id]);
    expect(w.git('log', '--format=%s', 'main')).toBe('begin');
    expect(w.task(first.task_id).result?.commit).toBe(w.git('rev-parse', `fed/${first.task_id}`));
  });

  it('do not begin where the work they build on was done in another clone, and are said to wait', async () => {
    const w = await worldInRepository();
    const first = await w.queue('Done elsewhere', { type: 'implementation' });
    await w.execute('kimi', 'claim_task', { task_id: first.task_id });
    const done = { task_id: first.task_id, outcome: 'success', summary: 'done', commit: 'f'.repeat(40) } as const;
    await w.execute('kimi', 'complete_task', done);
    const next = await w.queue('Next. [do: write x.txt=x]', { type: 'implementation', dependencies: [first.task_id] });
    const other = await w.queue('Other. [do: write y.txt=y]', { type: 'implementation' });
    await w.work();
    expect(w.task(next.task_id).status).toBe('pending');
    expect(w.task(other.task_id).status).toBe('completed');
    expect(w.said.join('\n')).toContain(`${next.task_id} waits for commits that this repository does not have`);
  });

  it('ask at once about work that was done over HTTP and whose commit is not here, and check it once it is', async () => {
    const w = await worldInRepository({ checks });
    git(w.folder, 'clone', '-q', w.folder, join(w.folder, 'state', 'other'));
    const other = join(w.folder, 'state', 'other');
    write(other, { 'good.txt': 'g\n' });
    git(other, 'add', '-A');
    git(other, 'commit', '-qm', 'done elsewhere');
    const commit = git(other, 'rev-parse', 'HEAD').trim();
    const { task_id } = await w.queue('Done elsewhere', { type: 'implementation', to_agent: 'kimi' });
    const remote = {
      name: 'kimi',
      kind: 'agent',
      session: 'far',
      client: 'claude-code',
      provenance: { via: 'http' },
    } as const;
    await w.federation.execute('claim_task', { task_id }, remote);
    await w.federation.execute('complete_task', { task_id, outcome: 'success', summary: 'done', commit }, remote);
    await w.work();
    const [item] = w.federation.state().escalations.values();
    expect(item).toMatchObject({ kind: 'checks', task_id });
    expect(item?.detail).toContain(`${w.folder} does not have ${commit.slice(0, 12)}: fetch it there`);
    expect(w.task(task_id)).toMatchObject({ status: 'in-progress', failed_attempts: 0 });
    w.git('fetch', '-q', other, 'main');
    const actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' } as const;
    const checking = { federation: w.federation, environment: w.environment, unapproved: () => [] };
    await checkTask({ ...checking, signal: new AbortController().signal }, w.task(task_id), actor);
    expect(w.task(task_id)).toMatchObject({ status: 'completed', verified: true, result: { commit, by: 'kimi' } });
    expect(w.federation.state().escalations.size).toBe(0);
  });
});
