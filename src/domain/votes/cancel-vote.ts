import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { waitingOn } from '../tasks/dependencies.ts';
import { requirePerson } from '../tasks/standing.ts';
import type { TaskId } from '../tasks/task.ts';
import { existingVote } from './standing.ts';
import type { Vote } from './vote-state.ts';
import { listed } from '../phrases.ts';

/** Drops the question. Tasks that need its result cannot go on, and the operator is asked about them. */
export function cancelVote(
  state: FederationState,
  args: ArgsOf<'cancel_vote'>,
  context: DecisionContext,
): Decision<ResultOf<'cancel_vote'>> {
  requirePerson(context, 'cancel a vote');
  const vote = existingVote(state, args.vote_id);
  const { vote_id } = vote;
  if (vote.status === 'cancelled') throw cancelledError(vote);
  if (vote.status === 'decided') {
    throw new CallerError(
      'wrong-state',
      `${vote_id} is already decided; tasks may depend on it.`,
      advise`Overrule it with ${call('decide_vote', { vote_id })}.`,
    );
  }
  const deliberation = new Deliberation(state, context);
  const blocked = cancelByOperator(deliberation, vote, args.reason);
  return { events: deliberation.events, result: () => ({ vote: existingVote(state, vote_id), blocked }) };
}

/** Gives the tasks that cannot go on without a result. */
export function cancelByOperator(deliberation: Deliberation, { vote_id }: Vote, reason: string): TaskId[] {
  const { state, context } = deliberation;
  deliberation.add({ type: 'vote_cancelled', vote_id, reason, via: context.actor.client });
  deliberation.closeEscalations(vote_id, 'cancelled', 'vote');
  const blocked = [...waitingOn(state, vote_id)]
    .filter((task) => task.dependencies.includes(vote_id))
    .map((task) => task.task_id);
  if (blocked.length > 0) {
    deliberation.escalate({
      kind: 'blocked',
      about: vote_id,
      title: `${vote_id} was cancelled and blocks ${listed(blocked)}`,
      detail: reason.slice(0, 500),
      task_id: null,
      vote_id,
    });
  }
  return blocked;
}

export function cancelledError(vote: Vote): CallerError {
  return new CallerError(
    'closed',
    `${vote.vote_id} was cancelled.`,
    advise`Open a new vote with ${call('open_vote')}.`,
  );
}
