/** What is recorded of a landing. The work in git is done by whoever runs these, who holds the target's lock. */
import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { sendBack } from '../tasks/review-task.ts';
import { existing } from '../tasks/standing.ts';
import type { Task } from '../tasks/task.ts';
import { landingOf, reworkedBy } from './landable.ts';

export function beginLanding(
  state: FederationState,
  args: ArgsOf<'begin_landing'>,
  context: DecisionContext,
): Decision<ResultOf<'begin_landing'>> {
  const task = existing(state, args.task_id);
  refuseInPause(state);
  refuseRuns(context);
  const standing = landingOf(state, context.config, task);
  if (standing.is !== 'landable') {
    throw new CallerError(
      'wrong-state',
      `${task.task_id} cannot land: ${standing.why}.`,
      'See what is landable with fed land --list.',
    );
  }
  return {
    events: [{ type: 'landing_begun', ...args }],
    result: () => ({ task: existing(state, task.task_id) }),
  };
}

/** Also what recovery records when it finds the merge in the target. Once. */
export function finishLanding(
  state: FederationState,
  { task_id, target, merge }: ArgsOf<'finish_landing'>,
  context: DecisionContext,
): Decision<ResultOf<'finish_landing'>> {
  const task = existing(state, task_id);
  refuseRuns(context);
  const result = () => ({ task: existing(state, task_id) });
  if (task.work?.landing?.state === 'landed') return { events: [], result };
  withWork(task);
  const settles = reworkedBy(state, task).filter((id) => {
    const work = state.tasks.get(id)?.work;
    return work != null && work.landing === null;
  });
  return { events: [{ type: 'work_landed', task_id, target, merge, settles }], result };
}

export function refuseLanding(
  state: FederationState,
  { task_id, reason }: ArgsOf<'refuse_landing'>,
  context: DecisionContext,
): Decision<ResultOf<'refuse_landing'>> {
  const task = existing(state, task_id);
  refuseRuns(context);
  const standing = landingOf(state, context.config, task);
  if (standing.is !== 'landable') {
    throw new CallerError('wrong-state', `${task_id} was not about to land: ${standing.why}.`, 'Nothing to send back.');
  }
  const deliberation = new Deliberation(state, context);
  const rework = sendBack(deliberation, task, reason);
  return {
    events: deliberation.events,
    result: () => ({ task: existing(state, task_id), rework: existing(state, rework.task_id) }),
  };
}

export function revertWork(
  state: FederationState,
  { task_id, target, revert, rework: note }: ArgsOf<'revert_work'>,
  context: DecisionContext,
): Decision<ResultOf<'revert_work'>> {
  const task = existing(state, task_id);
  refuseRuns(context);
  if (task.work?.landing?.state !== 'landed') {
    throw new CallerError(
      'wrong-state',
      `${task_id} has not landed.`,
      advise`Read it with ${call('get_task', { task_id })}.`,
    );
  }
  const deliberation = new Deliberation(state, context);
  deliberation.add({ type: 'work_reverted', task_id, target, revert });
  const rework = note === undefined ? null : sendBack(deliberation, task, note);
  return {
    events: deliberation.events,
    result: () => ({
      task: existing(state, task_id),
      rework: rework === null ? null : existing(state, rework.task_id),
    }),
  };
}

/** @throws CallerError where there is no branch. */
export function withWork(task: Task): NonNullable<Task['work']> {
  if (task.work !== null) return task.work;
  throw new CallerError(
    'wrong-state',
    `${task.task_id} was not done in a worktree; it has no branch.`,
    'There is nothing to land or drop.',
  );
}

/** What runs by itself lands nothing of its own. */
export function refuseRuns({ actor }: DecisionContext): void {
  const via = actor.provenance?.via;
  if (via !== 'http' && via !== 'stdio' && actor.run === undefined) return;
  throw new CallerError('not-allowed', 'Work is landed by fed land and fed work.', 'Leave it to the operator.');
}

function refuseInPause(state: FederationState): void {
  const { paused } = state.meta;
  if (paused === null) return;
  throw new CallerError('paused', `${paused.by} paused the federation at ${paused.since}.`, 'Land once it is resumed.');
}
