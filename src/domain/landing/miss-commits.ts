import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { minute, toMillis } from '../time.ts';

/** Whoever has the commits may be about to take it. */
const patientFor = 15 * minute;

/** Asks once about what has been ready for a while and goes on from commits that were made in another clone. */
export function missCommits(
  state: FederationState,
  { task_ids, machine }: ArgsOf<'miss_commits'>,
  context: DecisionContext,
): Decision<ResultOf<'miss_commits'>> {
  const deliberation = new Deliberation(state, context);
  const escalated = task_ids.filter((id) => {
    const task = state.tasks.get(id);
    if (task === undefined || !state.index.isReady(task) || task.ready_since === null) return false;
    if (toMillis(context.now) < toMillis(task.ready_since) + patientFor) return false;
    // Asked before, and answered: once is enough for what is still the same.
    if (task.history.some(({ what }) => what === 'waits for commit')) return false;
    deliberation.add({ type: 'commit_missed', task_id: id, machine });
    deliberation.escalate({
      kind: 'commit',
      about: id,
      title: `${id} waits for commits of another clone`,
      detail: `The repository on ${machine} does not have the work it goes on from. Fetch it there, or start fed work where it was done.`,
      task_id: id,
    });
    return true;
  });
  return { events: deliberation.events, result: () => ({ escalated }) };
}
