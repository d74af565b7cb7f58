/** The checks of one task: what has to be run, on what, and recording the results. */
import type { Actor } from '../../domain/commands.ts';
import { requiredChecks } from '../../domain/checks/required-checks.ts';
import { CallerError, OperatorError } from '../../domain/errors.ts';
import type { Task } from '../../domain/tasks/task.ts';
import type { Federation } from '../../federation.ts';
import type { Environment } from '../../identity/agent-markers.ts';
import { Repository } from '../git/repository.ts';
import { checkCommit, checkInPlace, type CheckOrder, uncheckable } from './run-checks.ts';

export interface Checking {
  readonly federation: Federation;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly tell?: ((text: string) => void) | undefined;
  /** What the configuration starts that was not approved as it is now. */
  readonly unapproved: () => readonly string[];
}

/** @throws OperatorError `not-allowed` where the configuration starts what was not approved as it is now */
export function approvedOrder({ federation, environment, signal, tell, unapproved }: Checking): CheckOrder {
  const changed = unapproved();
  if (changed.length > 0) {
    throw new OperatorError(
      'not-allowed',
      `${changed.join(', ')} changed since it was approved.`,
      'Start the command again to approve it.',
    );
  }
  return {
    config: federation.config,
    projectDir: federation.project.dir,
    environment,
    signal,
    ...(tell === undefined ? {} : { tell }),
  };
}

/** @throws CallerError where there is nothing to check */
export async function checkTask(checking: Checking, task: Task, actor: Actor): Promise<Task> {
  const { federation, signal } = checking;
  const { config } = federation;
  const { paused } = federation.state().meta;
  if (paused !== null) {
    throw new CallerError(
      'paused',
      `${paused.by} paused the federation at ${paused.since}.`,
      'Check it once it is resumed.',
    );
  }
  const names = task.reported?.checks ?? requiredChecks(config, task);
  if (names.length === 0) {
    throw new CallerError(
      'wrong-state',
      `No check is required for ${task.task_id}.`,
      'Ask for some when it is queued: fed queue add --check NAME.',
    );
  }
  if (task.reported === null && task.status !== 'completed') {
    throw new CallerError(
      'wrong-state',
      `${task.task_id} is ${task.status}: there is no finished work to check.`,
      'Check it once it is reported done.',
    );
  }
  const order = approvedOrder(checking);
  const attempt = task.reported?.attempt ?? task.result?.attempt ?? task.attempt;
  const runs = await runsOf(task, names, order);
  if (signal.aborted) throw new CallerError('wrong-state', 'Stopped; nothing was recorded.', 'Check it again.');
  const { task: checked } = await federation.execute('record_checks', { task_id: task.task_id, attempt, runs }, actor);
  return checked;
}

async function runsOf(task: Task, names: readonly string[], order: CheckOrder) {
  const commit = commitOf(task);
  if (commit === null) return await checkInPlace(names, order);
  const repository = await Repository.open(order.projectDir, order.environment);
  if ((await repository.commit(commit)) === null) {
    return uncheckable(
      order.config,
      names,
      commit,
      `${order.projectDir} does not have ${commit.slice(0, 12)}: fetch it there, then fed check ${task.task_id}`,
    );
  }
  return await checkCommit(repository, commit, names, order);
}

/** What the work is in git: of a worktree what was saved of it, else what its agent named. */
export function commitOf({ work, reported, result }: Task): string | null {
  return work?.commit ?? reported?.commit ?? result?.commit ?? null;
}
