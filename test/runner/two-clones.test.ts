/** Two clones of one repository on one store, with a runner each: work goes on only where its commits are. */
import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor, ArgsOf } from '../../src/domain/commands.ts';
import { briefTask } from '../../src/views/task-views.ts';
import { git } from '../support/git.ts';
import { fedProgram } from '../support/project.ts';
import { makeRepository, write } from '../support/repositories.ts';
import { standIn } from '../support/runner-world.ts';

const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' };

it('work that goes on from commits of the other clone waits, says so, and goes on once they are fetched', async () => {
  const here = makeRepository({ 'a.txt': 'a\n', '.gitignore': '.federation\n' });
  const there = join(dirname(here.folder), 'there');
  git(here.folder, 'clone', '-q', here.folder, there);
  const config = {
    agents: { kimi: { types: ['implementation'], run: { ...standIn, worktree: true } } },
    scheduling: { enabled: false },
    log_file: null,
  };
  write(here.folder, { '.federation/config.json': JSON.stringify(config) });
  symlinkSync(join(here.folder, '.federation'), join(there, '.federation'));
  const federation = await openFederation({ folder: join(here.folder, '.federation') });
  onTestFinished(async () => await federation.close());
  const queue = async (description: string, more: Partial<ArgsOf<'queue_task'>> = {}) =>
    (await federation.execute('queue_task', { description, type: 'implementation', ...more }, reuben)).task_id;
  const task = (id: string) => {
    const found = federation.state().tasks.get(id);
    if (found === undefined) throw new Error(`Expected ${id}, got none`);
    return found;
  };
  const work = async (folder: string): Promise<string> => {
    const args = [fedProgram, 'work', '--once', '--trust', '--dir', join(folder, '.federation')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env: here.environment });
    await federation.refresh();
    return stdout;
  };

  const first = await queue('One. [do: write commit one.txt=1]');
  const broken = await queue('Broken. [do: fail half.txt=1]');
  await work(here.folder);
  expect([task(first).status, task(broken).status]).toEqual(['completed', 'failed']);
  expect(task(broken).work?.commit).toBe(git(here.folder, 'rev-parse', `fed/${broken}`).trim());
  const second = await queue('Two. [do: write two.txt=2]', { dependencies: [first] });
  await federation.execute('override_task', { task_id: broken, action: 'requeue' }, reuben);

  const said = await work(there);
  expect(said).toContain('wait for commits that this repository does not have; fetch them');
  for (const id of [broken, second]) {
    expect(said).toContain(id);
    expect(briefTask(federation.state(), task(id))).toMatchObject({ status: 'pending', waiting_for: ['commit'] });
    expect(task(id).history.at(-1)).toMatchObject({ what: 'waits for commit' });
    expect(task(id).history.at(-1)?.text).toContain(`${there} on `);
  }

  git(there, 'fetch', '-q', 'origin', 'refs/heads/fed/*:refs/remotes/origin/fed/*');
  await work(there);
  expect(task(second)).toMatchObject({ status: 'completed', work: { contains: [first] } });
  expect(git(there, 'ls-tree', '--name-only', `fed/${second}`).trim().split('\n')).toEqual([
    '.gitignore',
    'a.txt',
    'one.txt',
    'two.txt',
  ]);
  // A further attempt goes on from what the other clone's left.
  expect(git(there, 'rev-parse', `fed/${broken}`)).toBe(git(here.folder, 'rev-parse', `fed/${broken}`));
  expect(git(here.folder, 'branch', '--list', `fed/${second}`)).toBe('');
});
