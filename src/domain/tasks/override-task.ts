/** What the operator does to a task, whoever holds it. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError, unreachable } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { cancel } from './cancel-task.ts';
import { unblockedBy } from './dependencies.ts';
import { existing, finishedError, requirePerson } from './standing.ts';
import type { Task } from './task.ts';
import { isOpen } from './readiness.ts';
import { checkAddressee, chooseByType, invalid } from './validate-request.ts';

type Args = ArgsOf<'override_task'>;

export function overrideTask(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'override_task'>> {
  requirePerson(context, `${args.action} any task`);
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

function act(deliberation: Deliberation, task: Task, args: Args): void {
  const { task_id } = task;
  const reason = args.reason ?? null;
  switch (args.action) {
    case 'approve':
      if (!task.needs_approval || task.approved_by !== null || !isOpen(task)) {
        throw new CallerError(
          'wrong-state',
          `${task_id} does not wait for approval; it is ${task.status}.`,
          'Nothing is to be done.',
        );
      }
      deliberation.add({ type: 'task_approved', task_id, reason });
      return deliberation.closeEscalations(task_id, 'approved', 'approval', 'rework-rounds');
    case 'reassign': {
      if (!isOpen(task)) throw finishedError(task);
      if (args.to_agent === undefined)
        throw invalid('to_agent', 'expected an agent to reassign to, got none', 'Name an agent, or auto.');
      const { config } = deliberation.context;
      const auto = args.to_agent === 'auto';
      const to_agent = auto
        ? chooseByType(deliberation.state, config, task.type).agent
        : checkAddressee(config, args.to_agent);
      deliberation.add({ type: 'task_reassigned', task_id, to_agent, reason });
      return deliberation.closeEscalations(task_id, `reassigned to ${to_agent ?? 'whoever fits'}`, 'hold-reached');
    }
    case 'requeue':
      if (task.status === 'pending' || task.status === 'completed') {
        throw new CallerError(
          'wrong-state',
          `${task_id} is ${task.status}; failed, cancelled and held tasks are requeued.`,
          task.status === 'completed' ? 'Send it back with review_task, verdict rework.' : 'It is in the queue.',
        );
      }
      deliberation.add({ type: 'task_requeued', task_id, reason });
      return deliberation.closeEscalations(task_id, 'requeued', 'task-failed', 'blocked', 'hold-reached');
    case 'cancel':
      return cancel(deliberation, task, args.reason ?? `cancelled by ${deliberation.context.actor.name}`);
    case 'complete':
      if (!isOpen(task)) throw finishedError(task);
      deliberation.add({
        type: 'task_completed',
        task_id,
        attempt: task.attempt,
        summary: args.reason ?? `completed by ${deliberation.context.actor.name}`,
        artifacts: [],
        duration_minutes: null,
        unblocked: unblockedBy(deliberation.state, task_id, 'satisfied'),
      });
      return deliberation.closeEscalations(task_id, 'completed', 'approval', 'hold-reached', 'rework-rounds');
    default:
      return unreachable(args.action);
  }
}
