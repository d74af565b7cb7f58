import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task } from '../tasks/task.ts';
import { minute, toMillis } from '../time.ts';

/** Whoever has the commits may be about to take it. */
const patientFor = 15 * minute;

/**
 * Puts on record where ready work cannot begin, because it goes on from commits that were made in another clone. Asks
 * once about what has been ready for a while.
 */
export function missCommits(
  state: FederationState,
  { task_ids, machine }: ArgsOf<'miss_commits'>,
  context: DecisionContext,
): Decision<ResultOf<'miss_commits'>> {
  const deliberation = new Deliberation(state, context);
  const escalated = task_ids.filter((id) => {
    const task = state.tasks.get(id);
    if (task === undefined || !state.index.isReady(task) || task.ready_since === null) return false;
    if (!task.history.some(({ what, text }) => what === 'waits for commit' && text === machine)) {
      deliberation.add({ type: 'commit_missed', task_id: id, machine });
    }
    if (toMillis(context.now) < toMillis(task.ready_since) + patientFor) return false;
    // Asked before, and answered: once is enough for what is still the same.
    if (task.history.some(({ what }) => what === 'asked for commit')) return false;
    deliberation.add({ type: 'commit_missed', task_id: id, machine, asked: true });
    deliberation.escalate({
      kind: 'commit',
      about: id,
      title: `${id} waits for commits of another clone`,
      detail: `The repository ${machine} does not have the work it goes on from. Fetch it there, or start fed work where it was done.`,
      task_id: id,
    });
    return true;
  });
  return { events: deliberation.events, result: () => ({ escalated }) };
}

/** A runner could not begin it for want of commits, and nobody has claimed it since. */
export function lacksCommits({ status, history }: Task): boolean {
  if (status !== 'pending') return false;
  return history.findLast(({ what }) => what === 'claimed' || what === 'waits for commit')?.what === 'waits for commit';
}
