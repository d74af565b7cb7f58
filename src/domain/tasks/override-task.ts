/** What the operator does to a task, whoever holds it. */
import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError, unreachable } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { tellUnroutable } from '../routing/route-task.ts';
import { fireRules } from '../scheduling/fire-rules.ts';
import { cancel } from './cancel-task.ts';
import { completeReported } from './complete-task.ts';
import { unblockedBy } from './dependencies.ts';
import { edit } from './edit-task.ts';
import { askApproval } from './queue-task.ts';
import { existing, finishedError, requirePerson } from './standing.ts';
import { isOpen } from './readiness.ts';
import type { AgentName, Task } from './task.ts';
import { newAddressee } from './validate-request.ts';
import { invalid } from './task-fields.ts';

type Args = ArgsOf<'override_task'>;

export function overrideTask(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'override_task'>> {
  requirePerson(context, `${args.action} any task`);
  if (args.changes !== undefined && args.action !== 'edit') {
    throw invalid('changes', `${args.action} takes no changes`, 'Leave out changes.');
  }
  const task = existing(state, args.task_id);
  const deliberation = new Deliberation(state, context);
  act(deliberation, task, args);
  return {
    events: deliberation.events,
    result: () => {
      const now = existing(state, task.task_id);
      return { task: now, unblocked: args.action === 'complete' ? (now.result?.unblocked ?? []) : [] };
    },
  };
}

/** Also what an answer from the inbox does. @throws CallerError where the task is not in a state for it. */
export function act(deliberation: Deliberation, task: Task, args: Omit<Args, 'task_id'>): void {
  const { task_id } = task;
  const reason = args.reason ?? null;
  switch (args.action) {
    case 'approve':
      // Work from elsewhere is approved so that it may run by itself.
      if ((!task.needs_approval && task.origin === 'local') || task.approved_by !== null || !isOpen(task)) {
        throw new CallerError(
          'wrong-state',
          `${task_id} does not wait for approval; it is ${task.status}.`,
          'Nothing to do.',
        );
      }
      deliberation.add({ type: 'task_approved', task_id, reason });
      return deliberation.closeEscalations(task_id, 'approved', 'approval', 'rework-rounds');
    case 'reassign': {
      if (!isOpen(task)) throw finishedError(task);
      if (args.to_agent === undefined)
        throw invalid('to_agent', 'expected an agent, got none', 'Name an agent or auto.');
      const to = reassign(deliberation, task, args.to_agent, reason);
      return deliberation.closeEscalations(task_id, `reassigned to ${to ?? 'anyone'}`, 'hold-reached', 'given-back');
    }
    case 'requeue':
      if (task.status === 'pending' || task.status === 'completed') {
        throw new CallerError(
          'wrong-state',
          `${task_id} is ${task.status}; only failed, cancelled and held tasks can be requeued.`,
          task.status === 'completed'
            ? advise`Send it back with ${call('review_task', { task_id, verdict: 'rework' })}.`
            : 'It is already in the queue.',
        );
      }
      deliberation.add({ type: 'task_requeued', task_id, reason });
      if (task.approved_by === null) askApproval(deliberation, task);
      if (args.to_agent !== undefined) reassign(deliberation, task, args.to_agent, reason);
      return deliberation.closeEscalations(task_id, 'requeued', 'task-failed', 'blocked', 'hold-reached', 'checks');
    case 'edit':
      return edit(deliberation, task, args.changes, reason);
    case 'cancel':
      return cancel(deliberation, task, args.reason ?? 'no reason given');
    case 'complete':
      if (!isOpen(task)) throw finishedError(task);
      // Unverified, but still the work of whoever did it.
      if (task.reported !== null) {
        return completeReported(deliberation, task, { verified: false, commit: null, summary: args.reason });
      }
      deliberation.add({
        type: 'task_completed',
        task_id,
        attempt: task.attempt,
        summary: summaryOf(args),
        artifacts: [],
        duration_minutes: null,
        unblocked: unblockedBy(deliberation.state, task_id, 'satisfied'),
      });
      deliberation.closeEscalations(
        task_id,
        'completed',
        'approval',
        'routing',
        'hold-reached',
        'rework-rounds',
        'given-back',
      );
      deliberation.closeQuestions(task_id, 'completed');
      return fireRules(deliberation, {
        task,
        outcome: 'success',
        agent: deliberation.context.actor.name,
        attempt: task.attempt,
        summary: summaryOf(args),
        artifacts: [],
      });
    default:
      return unreachable(args.action);
  }
}

function summaryOf({ reason }: Omit<Args, 'task_id'>): string {
  return reason ?? 'no summary given';
}

/** A question about who could take it is settled once somebody can, and asked where nobody can. */
function reassign(deliberation: Deliberation, task: Task, name: string, reason: string | null): AgentName | null {
  const { task_id } = task;
  const addressed = newAddressee(deliberation.state, task, name, deliberation.context);
  deliberation.add({ type: 'task_reassigned', task_id, reason, ...addressed });
  if (addressed.to_agent !== null)
    deliberation.closeEscalations(task_id, `reassigned to ${addressed.to_agent}`, 'routing');
  tellUnroutable(deliberation, { ...task, routing: addressed.routing ?? null });
  return addressed.to_agent;
}
