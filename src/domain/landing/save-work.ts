import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { completeReported, failChecked } from '../tasks/complete-task.ts';
import { existing } from '../tasks/standing.ts';
import { checkCommit } from '../tasks/task-fields.ts';
import type { Task } from '../tasks/task.ts';

/** The attempt has a worktree now; its success counts once what it leaves there is saved. */
export function openWorktree(
  state: FederationState,
  args: ArgsOf<'open_worktree'>,
  context: DecisionContext,
): Decision<ResultOf<'open_worktree'>> {
  const task = current(state, args.task_id, args.attempt);
  const { branch, base, commit, contains } = args;
  for (const id of [base, commit]) checkCommit(id);
  const deliberation = new Deliberation(state, context);
  deliberation.add({
    type: 'worktree_opened',
    task_id: task.task_id,
    attempt: args.attempt,
    branch,
    base,
    commit,
    contains,
  });
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

/** Once for each commit: recovery may save again what was saved. What waited for nothing else is completed by it. */
export function saveWork(
  state: FederationState,
  args: ArgsOf<'save_work'>,
  context: DecisionContext,
): Decision<ResultOf<'save_work'>> {
  const task = existing(state, args.task_id);
  const { work, reported } = task;
  if (work === null) {
    throw new CallerError(
      'wrong-state',
      `${task.task_id} has no worktree.`,
      'Nothing to save: its work is where it was done.',
    );
  }
  if (args.attempt !== task.attempt) throw stale(task, args.attempt);
  for (const id of [args.commit, args.tree]) checkCommit(id);
  const deliberation = new Deliberation(state, context);
  if (work.commit !== args.commit || work.saved_attempt !== args.attempt) {
    const { task_id, attempt, commit, tree, left_out } = args;
    deliberation.add({ type: 'work_saved', task_id, attempt, commit, tree, left_out });
  }
  if (reported !== null && args.problem !== undefined) {
    failChecked(deliberation, task, ['saving its work'], args.problem);
    return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
  }
  if (reported !== null && reported.checks.length === 0) {
    completeReported(deliberation, task, { verified: false, commit: args.commit });
  }
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id) }) };
}

function current(state: FederationState, id: string, attempt: number): Task {
  const task = existing(state, id);
  if (task.lease !== null && task.attempt === attempt) return task;
  throw stale(task, attempt);
}

function stale({ task_id, attempt, status }: Task, given: number): CallerError {
  return new CallerError(
    'stale-attempt',
    `Attempt ${given} of ${task_id} is over; the task is ${status}, at attempt ${attempt}.`,
    'Keep what it left under refs/fed/wip.',
  );
}
