/**
 * Lands the work of one task: merge, checks on the merged tree, then the target moves. Nothing is pushed. The record of
 * it begins before the branch moves, so that whoever comes after a kill finds out from git what happened.
 */
import { join } from 'node:path';
import type { Actor } from '../../domain/commands.ts';
import { requiredChecks } from '../../domain/checks/required-checks.ts';
import type { CheckRun } from '../../domain/checks/check.ts';
import { checkWords, shortCommit } from '../../domain/checks/check-words.ts';
import { CallerError } from '../../domain/errors.ts';
import { containedFirst, landingOf } from '../../domain/landing/landable.ts';
import { listed } from '../../domain/phrases.ts';
import { workerOf } from '../../domain/tasks/subject.ts';
import type { Task, TaskId } from '../../domain/tasks/task.ts';
import { cut, oneLine } from '../../domain/text.ts';
import { withFileLock } from '../../files/file-lock.ts';
import { approvedOrder, type Checking } from '../checks/check-task.ts';
import { checkCommit, configurationOf } from '../checks/run-checks.ts';
import { Repository } from '../git/repository.ts';
import { mergeTrees } from '../worktrees/base.ts';
import { branchOf, removeWorktree, withCheckout } from '../worktrees/worktrees.ts';
import { guardedAmong, isAccepted } from './guarded.ts';
import { hindrance, moveTarget } from './move-target.ts';

export interface Lander extends Checking {
  readonly actor: Actor;
}

export interface Landed {
  readonly task_id: TaskId;
  readonly is: 'landed' | 'waits' | 'sent-back' | 'settled';
  readonly target: string;
  readonly commit?: string;
  readonly why?: string;
  readonly rework?: TaskId;
}

const mostTries = 8;

/** With what it contains, which lands first. Ends at the first that does not land. */
export async function landTask(lander: Lander, task_id: TaskId): Promise<Landed[]> {
  const repository = await openRepository(lander);
  const landed: Landed[] = [];
  for (const { task_id: id } of containedFirst(lander.federation.state(), taskOf(lander, task_id))) {
    const result = await landOne(lander, repository, id);
    landed.push(result);
    if (result.is === 'waits' || result.is === 'sent-back') break;
  }
  return landed;
}

async function openRepository({ federation, environment }: Lander): Promise<Repository> {
  return await Repository.open(federation.project.dir, environment);
}

function taskOf({ federation }: Lander, id: TaskId): Task {
  const task = federation.state().tasks.get(id);
  if (task !== undefined) return task;
  throw new CallerError(
    'not-found',
    `No task has the id ${id}, or it was archived.`,
    'See what there is with fed land --list.',
  );
}

async function landOne(lander: Lander, repository: Repository, id: TaskId): Promise<Landed> {
  const { federation } = lander;
  const { branch } = await repository.target(federation.config.land.target);
  return await withFileLock(lockOf(repository, branch), async () => {
    await federation.refresh();
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const result = await attempt(lander, repository, id, branch);
      if (result !== 'again') return result;
    }
    return { task_id: id, is: 'waits', target: branch, why: `${branch} moves all the time` };
  });
}

function lockOf(repository: Repository, branch: string): string {
  return join(repository.place, `land-${encodeURIComponent(branch)}.lock`);
}

async function attempt(lander: Lander, repository: Repository, id: TaskId, target: string): Promise<Landed | 'again'> {
  const { federation, actor } = lander;
  const task = taskOf(lander, id);
  const waits = (why: string): Landed => ({ task_id: id, is: 'waits', target, why });
  const found = await weigh(lander, repository, task, target);
  switch (found.is) {
    case 'settled':
    case 'waits':
      return { task_id: id, is: found.is, target, why: found.why };
    case 'merged':
      return await record(lander, repository, task, target, await mergeFound(repository, task, found.old));
    case 'conflict':
      return await sendBack(
        lander,
        task,
        target,
        `It conflicts with ${target} at ${found.old.slice(0, 12)} in ${listed(found.files, 20)}. Merge ${target} into the branch and resolve the conflicts.`,
      );
    case 'ready':
  }
  const { tip, old, tree } = found;
  const checks = requiredChecks(federation.config, task);
  const merge = await mergeCommit(repository, task, { tree, old, tip, target, checks });
  const checked = await checkMerge(lander, repository, task, { merge, tree });
  if (checked.failed.length > 0) {
    const output = checked.failed.map((run) => `${checkWords(run)}\n${run.output}`).join('\n');
    return await sendBack(lander, task, target, cut(`Merged with ${target} at ${old.slice(0, 12)}: ${output}`, 3_500));
  }
  if (checked.missing.length > 0) return waits(checked.missing.map(checkWords).join('; '));
  await federation.execute('begin_landing', { task_id: id, target, old, merge }, actor);
  const moved = await moveTarget(repository, { branch: target, old, next: merge, mark: markOf(task) });
  if (moved.is === 'lost') return 'again';
  if (moved.is === 'waits') return waits(moved.why);
  return await record(lander, repository, task, target, merge);
}

type Weighed =
  | { readonly is: 'settled' | 'waits'; readonly why: string }
  | { readonly is: 'merged'; readonly old: string }
  | { readonly is: 'conflict'; readonly old: string; readonly files: readonly string[] }
  | { readonly is: 'ready'; readonly old: string; readonly tip: string; readonly tree: string };

/** How it stands, by the record and by git. Changes nothing. */
async function weigh(
  lander: Pick<Lander, 'federation'>,
  repository: Repository,
  task: Task,
  target: string,
): Promise<Weighed> {
  const { federation } = lander;
  const { task_id: id } = task;
  const standing = landingOf(federation.state(), federation.config, task);
  if (standing.is !== 'landable') return { is: standing.is, why: standing.why };
  const waits = (why: string): Weighed => ({ is: 'waits', why });
  const tip = task.work?.commit ?? '';
  if ((await repository.commit(tip)) === null) {
    return waits(`this repository does not have ${tip.slice(0, 12)}: fetch it from where it was done`);
  }
  const branchTip = await repository.commit(`refs/heads/${branchOf(id)}`);
  if (branchTip !== null && branchTip !== tip) return waits(`${branchOf(id)} moved since its work was saved`);
  const { commit: old } = await repository.target(target);
  if (await repository.contains(old, tip)) return { is: 'merged', old };
  const blocked = await needsYes(lander, repository, task, old, tip);
  if (blocked !== null) return waits(blocked);
  const merged = await mergeTrees(repository, old, tip);
  if (merged.tree === null) return { is: 'conflict', old, files: merged.files };
  const hinders = await hindrance(repository, { branch: target, old, next: merged.tree });
  return hinders === null ? { is: 'ready', old, tip, tree: merged.tree } : waits(hinders);
}

/** Why what is landable by the record would not land now; `null`: nothing is in the way. Changes nothing. */
export async function foresee(
  lander: Pick<Lander, 'federation' | 'environment'>,
  task_id: TaskId,
): Promise<string | null> {
  const { federation, environment } = lander;
  const task = federation.state().tasks.get(task_id);
  if (task === undefined) return null;
  const repository = await Repository.open(federation.project.dir, environment);
  const { branch } = await repository.target(federation.config.land.target);
  const found = await weigh(lander, repository, task, branch);
  if (found.is === 'waits') return found.why;
  return found.is === 'conflict'
    ? `it conflicts with ${branch} in ${listed(found.files, 5)}; landing sends it back`
    : null;
}

function markOf({ task_id, result, attempt: claims }: Task): string {
  return `refs/fed/landed/${task_id}-${result?.attempt ?? claims}`;
}

/** It is in the target already: by a landing that was not recorded, or because somebody merged it. */
async function mergeFound(repository: Repository, task: Task, old: string): Promise<string> {
  const marked = await repository.commit(markOf(task));
  if (marked !== null) return marked;
  const text = await repository.git.run([
    'rev-list',
    '--first-parent',
    '--ancestry-path',
    '--reverse',
    `${task.work?.commit ?? ''}..${old}`,
  ]);
  return text.split('\n')[0] || old;
}

async function record(
  lander: Lander,
  repository: Repository,
  task: Task,
  target: string,
  merge: string,
): Promise<Landed> {
  const { federation, actor } = lander;
  const { task_id } = task;
  await federation.execute('finish_landing', { task_id, target, merge }, actor);
  const kept = await removeWorktree(repository, task_id);
  const tip = task.work?.commit;
  if (kept === null && tip !== undefined) {
    await repository.git.try(['update-ref', '-d', `refs/heads/${branchOf(task_id)}`, tip]);
  }
  return {
    task_id,
    is: 'landed',
    target,
    commit: merge,
    ...(kept === null ? {} : { why: `its worktree stays: ${kept}` }),
  };
}

async function sendBack({ federation, actor }: Lander, task: Task, target: string, reason: string): Promise<Landed> {
  const { rework } = await federation.execute('refuse_landing', { task_id: task.task_id, reason }, actor);
  return { task_id: task.task_id, is: 'sent-back', target, why: oneLine(reason, 300), rework: rework.task_id };
}

/** What somebody has to have said yes to; `null`: nothing. */
async function needsYes(
  { federation }: Pick<Lander, 'federation'>,
  repository: Repository,
  task: Task,
  old: string,
  tip: string,
): Promise<string | null> {
  if (isAccepted(task)) return null;
  const base = await repository.git.run(['merge-base', old, tip]);
  const changed = await repository.git.list(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, tip]);
  const guarded = guardedAmong(federation.config, requiredChecks(federation.config, task), changed);
  if (guarded.length === 0) return null;
  return `it changes ${listed(guarded, 5)}: accept it with fed queue review ${task.task_id} accept`;
}

interface Merge {
  readonly tree: string;
  readonly old: string;
  readonly tip: string;
  readonly target: string;
  readonly checks: readonly string[];
}

async function mergeCommit(repository: Repository, task: Task, { tree, old, tip, checks }: Merge): Promise<string> {
  const { task_id, result, description } = task;
  const agent = workerOf(task) ?? 'fed';
  const message = [
    `Land ${task_id}: ${oneLine(description, 60)}`,
    withoutTrailers(cut(result?.summary ?? '', 2_000)),
    [
      `Fed-Task: ${task_id}`,
      `Fed-Attempt: ${result?.attempt ?? task.attempt}`,
      `Fed-Agent: ${agent}`,
      ...(checks.length === 0 ? [] : [`Fed-Checks: ${checks.join(', ')}`]),
    ].join('\n'),
  ].filter((part) => part.trim() !== '');
  return await repository.git.run(['commit-tree', tree, '-p', old, '-p', tip], {
    stdin: `${message.join('\n\n')}\n`,
    env: await repository.identity(agent),
  });
}

/** Only what we say of it may look like our word. */
function withoutTrailers(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*(?:fed-[\w-]+|signed-off-by|co-authored-by)\s*:/i.test(line))
    .join('\n')
    .trim();
}

async function checkMerge(
  lander: Lander,
  repository: Repository,
  task: Task,
  { merge, tree }: { readonly merge: string; readonly tree: string },
): Promise<{ readonly failed: readonly CheckRun[]; readonly missing: readonly CheckRun[] }> {
  const { config } = lander.federation;
  const names: string[] = [];
  for (const name of requiredChecks(config, task)) {
    const configuration = await configurationOf(repository, config, name, merge);
    // The very same files passed it as it is configured now.
    const proven = task.check_results.some(
      (run) =>
        run.check === name && run.verdict === 'passed' && run.tree === tree && run.configuration === configuration,
    );
    if (!proven) names.push(name);
  }
  if (names.length === 0) return { failed: [], missing: [] };
  const runs = await checkCommit(repository, merge, names, approvedOrder(lander));
  return {
    failed: runs.filter(({ verdict }) => verdict === 'failed'),
    missing: runs.filter(({ verdict }) => verdict === 'not-run'),
  };
}

/** Gives a branch up: its commit stays under `refs/fed/wip`, its worktree goes where nothing uncommitted is in it. */
export async function dropTask(
  lander: Lander,
  task_id: TaskId,
  reason: string | undefined,
): Promise<{ readonly kept: string; readonly why: string | null }> {
  const repository = await openRepository(lander);
  const task = taskOf(lander, task_id);
  const kept = `refs/fed/wip/${task_id}/dropped`;
  const tip = (await repository.commit(`refs/heads/${branchOf(task_id)}`)) ?? task.work?.commit ?? null;
  if (tip !== null && (await repository.commit(tip)) !== null) await repository.git.run(['update-ref', kept, tip]);
  await lander.federation.execute('drop_work', { task_id, ...(reason === undefined ? {} : { reason }) }, lander.actor);
  const why = await removeWorktree(repository, task_id);
  if (why === null && tip !== null)
    await repository.git.try(['update-ref', '-d', `refs/heads/${branchOf(task_id)}`, tip]);
  return { kept, why };
}

/** Takes landed work back by a commit that reverts its merge, checked and moved like any landing. */
export async function revertTask(lander: Lander, task_id: TaskId, rework: string | undefined): Promise<Landed> {
  const repository = await openRepository(lander);
  const { federation, actor } = lander;
  const { branch: target } = await repository.target(federation.config.land.target);
  return await withFileLock(lockOf(repository, target), async () => {
    await federation.refresh();
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const task = taskOf(lander, task_id);
      const landing = task.work?.landing;
      if (landing?.state === 'reverted') {
        const by = shortCommit(landing.revert);
        throw new CallerError('wrong-state', `${task_id} was reverted already, by ${by}.`, 'Nothing to do.');
      }
      if (landing?.state !== 'landed') {
        throw new CallerError('wrong-state', `${task_id} has not landed.`, 'See fed land --list.');
      }
      const { commit: old } = await repository.target(target);
      const revert = await revertCommit(repository, task, old, landing.merge);
      if (revert === null) {
        return {
          task_id,
          is: 'waits',
          target,
          why: 'later commits changed the same lines: revert it by hand with git revert -m 1',
        };
      }
      const checked = await checkMerge(lander, repository, task, {
        merge: revert,
        tree: await repository.tree(revert),
      });
      const bad = [...checked.failed, ...checked.missing];
      if (bad.length > 0) return { task_id, is: 'waits', target, why: bad.map(checkWords).join('; ') };
      const moved = await moveTarget(repository, {
        branch: target,
        old,
        next: revert,
        mark: `refs/fed/reverted/${task_id}`,
      });
      if (moved.is === 'lost') continue;
      if (moved.is === 'waits') return { task_id, is: 'waits', target, why: moved.why };
      const order = { task_id, target, revert, ...(rework === undefined ? {} : { rework }) };
      const result = await federation.execute('revert_work', order, actor);
      return {
        task_id,
        is: 'landed',
        target,
        commit: revert,
        ...(result.rework === null ? {} : { rework: result.rework.task_id }),
      };
    }
    return { task_id, is: 'waits', target, why: `${target} moves all the time` };
  });
}

/** `null`: it conflicts with what came later. */
async function revertCommit(
  repository: Repository,
  { task_id, description }: Task,
  old: string,
  merge: string,
): Promise<string | null> {
  return await withCheckout(repository, old, async ({ git }) => {
    const parents = (await git.run(['rev-list', '--parents', '-n', '1', merge])).split(' ').length - 1;
    const mainline = parents > 1 ? ['-m', '1'] : [];
    const { code } = await git.try(['revert', '--no-commit', ...mainline, merge]);
    if (code !== 0) return null;
    const tree = await git.run(['write-tree']);
    const message = `Revert ${task_id}: ${oneLine(description, 60)}\n\nThis reverts commit ${merge}.\n\nFed-Reverts: ${task_id}\n`;
    return await repository.git.run(['commit-tree', tree, '-p', old], {
      stdin: message,
      env: await repository.identity('fed'),
    });
  });
}
