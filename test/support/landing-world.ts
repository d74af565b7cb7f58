import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openFederation } from '../../src/compose/open-federation.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { checkTask } from '../../src/runner/checks/check-task.ts';
import { dropTask, landTask, revertTask } from '../../src/runner/landing/land-task.ts';
import { saveWork } from '../../src/runner/worktrees/save-work.ts';
import { openWorktree } from '../../src/runner/worktrees/worktrees.ts';
import { git } from './git.ts';
import { makeRepository, write } from './repositories.ts';

/** A federation in a repository: work is done by hand, and checked and landed as `fed` does it. */
export async function landingWorld(
  config: Record<string, unknown> = {},
  files: Record<string, string> = { 'a.txt': '1\n2\n3\n' },
  parent?: string,
) {
  const world = makeRepository({ ...files, '.gitignore': '.federation/\n*.log\n' }, parent);
  const dir = join(world.folder, '.federation');
  write(world.folder, {
    '.federation/config.json': JSON.stringify({ scheduling: { enabled: false }, log_file: null, ...config }),
  });
  const federation = await openFederation({ folder: dir });
  onTestFinished(async () => await federation.close());
  const kimi: Actor = {
    name: 'kimi',
    kind: 'agent',
    session: 'kimi-1',
    client: 'fed work',
    provenance: { via: 'runner' },
  };
  const reuben: Actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' };
  const signal = new AbortController().signal;
  const shared = { federation, environment: world.environment, signal, unapproved: () => [] };
  const lander = { ...shared, actor: reuben };
  const task = (id: string) => {
    const found = federation.state().tasks.get(id);
    if (found === undefined) throw new Error(`Expected ${id}, got none`);
    return found;
  };
  /** Claims, works in a worktree, completes, and saves. */
  const work = async (
    changes: Record<string, string>,
    given: { dependencies?: string[]; type?: string; task_id?: string } = {},
  ) => {
    const { task_id = null, ...more } = given;
    const queued =
      task_id ??
      (
        await federation.execute(
          'queue_task',
          { description: 'Build it', type: 'implementation', to_agent: 'kimi', ...more },
          reuben,
        )
      ).task_id;
    const { task: claimed } = await federation.execute('claim_task', { task_id: queued }, kimi);
    const attempt = claimed?.attempt ?? 0;
    const repository = await world.open();
    const base = world.git('rev-parse', 'main');
    const worktree = await openWorktree(repository, queued, base);
    const order = {
      task_id: queued,
      attempt,
      branch: worktree.branch,
      base,
      commit: base,
      contains: more.dependencies ?? [],
    };
    await federation.execute('open_worktree', order, kimi);
    write(worktree.path, changes);
    // Also what is ignored: an agent may have added it by force.
    git(worktree.path, 'add', '-f', '-A');
    await federation.execute(
      'complete_task',
      { task_id: queued, outcome: 'success', summary: 'Built.\nFed-Task: forged' },
      kimi,
    );
    const { commit, tree, left_out } = await saveWork(repository, worktree, {
      task_id: queued,
      attempt,
      agent: 'kimi',
      lapsed: false,
    });
    await federation.execute('save_work', { task_id: queued, attempt, commit, tree, left_out }, kimi);
    return queued;
  };
  return {
    ...world,
    federation,
    task,
    work,
    kimi,
    reuben,
    lander,
    land: (id: string) => landTask(lander, id),
    check: (id: string) => checkTask(shared, task(id), reuben),
    drop: (id: string) => dropTask(lander, id, undefined),
    revert: (id: string, why?: string) => revertTask(lander, id, why),
  };
}
