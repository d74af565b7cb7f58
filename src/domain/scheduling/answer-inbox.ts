import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError, unreachable } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { taskStanding } from '../tasks/dependencies.ts';
import { answer } from '../tasks/notes.ts';
import { act } from '../tasks/override-task.ts';
import { existing, requirePerson } from '../tasks/standing.ts';
import type { TaskId } from '../tasks/task.ts';
import { inboxNumber } from '../tasks/task-id.ts';
import { invalid } from '../tasks/task-fields.ts';
import { cancelByOperator } from '../votes/cancel-vote.ts';
import { decideByOperator } from '../votes/decide-vote.ts';
import { extendByOperator } from '../votes/extend-vote.ts';
import { existingVote } from '../votes/standing.ts';
import type { Escalation } from './escalation.ts';
import { settleHeld } from './fire-rules.ts';
import { heldUnder } from './follow-up.ts';
import { actionsFor } from './inbox.ts';
import type { InboxAction } from './escalation.ts';

type Args = ArgsOf<'answer_inbox'>;

/** Actions that take `to_agent`. An argument that changes nothing would be taken for done. */
const addressing: ReadonlySet<InboxAction> = new Set(['approve', 'reassign', 'requeue']);

/** Does what the item offers, by the same functions as the operator's other controls, and closes it. */
export function answerInbox(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'answer_inbox'>> {
  requirePerson(context, 'answer the inbox');
  const escalation = openItem(state, args.inbox_id);
  const offered = actionsFor(state, escalation);
  if (!offered.includes(args.action)) {
    throw invalid(
      'action',
      `expected an action of ${args.inbox_id} (${offered.join(', ')}), got ${args.action}`,
      advise`See the item with ${call('list_inbox')}.`,
    );
  }
  if (args.choice !== undefined && args.action !== 'decide') {
    throw invalid('choice', `${args.action} takes no choice`, 'Leave out choice.');
  }
  if (args.to_agent !== undefined && !addressing.has(args.action)) {
    throw invalid('to_agent', `${args.action} takes no agent`, 'Leave out to_agent.');
  }
  if (args.changes !== undefined && args.action !== 'edit') {
    throw invalid('changes', `${args.action} takes no changes`, 'Leave it out.');
  }
  const deliberation = new Deliberation(state, context);
  // First, so that what the answer does finds nothing left to close.
  deliberation.closeEscalation(escalation.inbox_id, args.action, args.note ?? null);
  const released = perform(deliberation, escalation, args);
  const { task_id, vote_id } = escalation;
  return {
    events: deliberation.events,
    result: () => ({
      task: (task_id === null ? null : state.tasks.get(task_id)) ?? null,
      vote: (vote_id === undefined ? null : state.votes.get(vote_id)) ?? null,
      released,
    }),
  };
}

/** @throws CallerError `closed` for one that was answered or settled itself, `not-found` for none. */
function openItem(state: FederationState, id: string): Escalation {
  const open = state.escalations.get(id);
  if (open !== undefined) return open;
  const number = inboxNumber(id);
  if (number !== null && number.count <= (state.days.get(number.day)?.inbox ?? 0)) {
    throw new CallerError('closed', `${id} is already closed.`, advise`See what is open with ${call('list_inbox')}.`);
  }
  throw new CallerError(
    'not-found',
    `No inbox item has the id "${id.slice(0, 60)}".`,
    advise`See what is open with ${call('list_inbox')}. Ids look like inbox-2026-02-06-001.`,
  );
}

function perform(
  deliberation: Deliberation,
  { inbox_id, key, kind, task_id, vote_id, task_ids, detail }: Escalation,
  args: Args,
): readonly TaskId[] {
  const { state } = deliberation;
  const { action, to_agent, note: reason } = args;
  const id = task_id ?? vote_id ?? '';
  if (task_ids !== undefined) {
    forEach(deliberation, task_ids, args);
    return [];
  }
  switch (action) {
    // What is to be moved back, and by how much, the next record says.
    case 'rebase':
    case 'dismiss':
      return [];
    case 'answer':
      if (reason === undefined) throw invalid('note', 'expected an answer, got none', 'Give the answer as note.');
      answer(deliberation, existing(state, id), inbox_id, detail, reason);
      return [];
    case 'edit':
      act(deliberation, existing(state, id), { action, changes: args.changes, reason });
      return [];
    case 'release':
    case 'drop':
      return settleHeld(deliberation, heldUnder(state, key), action === 'release' ? 'released' : 'dropped');
    case 'continue-dependents':
      deliberation.add({ type: 'dependents_continued', task_id: id, reason: reason ?? null });
      return [];
    case 'cancel': {
      if (kind === 'vote') {
        cancelByOperator(deliberation, existingVote(state, id), reason ?? 'from the inbox');
        return [];
      }
      const ended =
        taskStanding(state, id) ?? (state.votes.has(id) ? { task_id: id, on_failure: 'block' as const } : undefined);
      if ((kind === 'task-failed' || kind === 'blocked') && ended !== undefined) {
        deliberation.endDependents(ended, 'cancel');
        return [];
      }
      act(deliberation, existing(state, id), { action, reason });
      return [];
    }
    case 'decide': {
      const vote = existingVote(state, id);
      if (args.choice === undefined) {
        throw invalid(
          'choice',
          'expected an option, got none',
          `Use one of ${vote.options.join(' | ').slice(0, 400)}.`,
        );
      }
      decideByOperator(deliberation, vote, args.choice, reason ?? 'from the inbox');
      return [];
    }
    case 'extend':
      extendByOperator(deliberation, existingVote(state, id), deliberation.context.config.voting.deadline_hours * 60);
      return [];
    case 'reassign':
      if (to_agent === undefined) {
        throw invalid('to_agent', 'expected an agent, got none', 'Name an agent or auto.');
      }
      act(deliberation, existing(state, id), {
        action: kind === 'hold-reached' || kind === 'routing' || kind === 'given-back' ? action : 'requeue',
        to_agent,
        reason,
      });
      return [];
    case 'approve':
      if (to_agent !== undefined) act(deliberation, existing(state, id), { action: 'reassign', to_agent, reason });
      act(deliberation, existing(state, id), { action, reason });
      return [];
    case 'complete':
      act(deliberation, existing(state, id), { action, reason });
      return [];
    case 'requeue':
      act(deliberation, existing(state, id), { action, to_agent, reason });
      return [];
    default:
      return unreachable(action);
  }
}

/** An item about several tasks: the same for each that still waits. */
function forEach(deliberation: Deliberation, task_ids: readonly TaskId[], args: Args): void {
  const { action, to_agent, changes, note: reason } = args;
  if (action !== 'reassign' && action !== 'edit' && action !== 'cancel') return;
  for (const id of task_ids) {
    const task = deliberation.state.tasks.get(id);
    if (task?.status === 'pending') act(deliberation, task, { action, to_agent, changes, reason });
  }
}
