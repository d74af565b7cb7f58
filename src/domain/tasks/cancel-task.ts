import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { existing, finishedError, howToAsk } from './standing.ts';
import type { Task, TaskId } from './task.ts';
import { isOpen } from './readiness.ts';
import { listed } from '../phrases.ts';

export function cancelTask(
  state: FederationState,
  args: ArgsOf<'cancel_task'>,
  context: DecisionContext,
): Decision<ResultOf<'cancel_task'>> {
  const task = existing(state, args.task_id);
  if (context.actor.kind !== 'person' && !isQueuedBy(task, context.actor.name)) {
    const { kind, by } = task.caused_by;
    throw new CallerError(
      'not-allowed',
      `${task.task_id} was queued by ${kind === 'rule' ? `rule ${by}` : task.from_agent}; agents can cancel only what they queued.`,
      howToAsk(context.config.operator),
    );
  }
  const deliberation = new Deliberation(state, context);
  cancel(deliberation, task, args.reason);
  const cancelled = cancelledIn(deliberation.events);
  return { events: deliberation.events, result: () => ({ task: existing(state, task.task_id), cancelled }) };
}

/**
 * By its own decision: queued, planned, or sent back in a review. What a rule
 * queues comes from who finished the task before, and is often the check of
 * that agent's work, which is not for it to call off.
 */
function isQueuedBy({ caused_by: { kind, by } }: Task, name: string): boolean {
  return (kind === 'agent' || kind === 'review') && by === name;
}

/** @throws CallerError `wrong-state` for a finished task. */
export function cancel(deliberation: Deliberation, task: Task, reason: string): void {
  if (!isOpen(task)) throw finishedError(task);
  deliberation.add({ type: 'task_cancelled', task_id: task.task_id, reason, because_of: null });
  deliberation.closeEscalations(
    task.task_id,
    'cancelled',
    'approval',
    'routing',
    'hold-reached',
    'rework-rounds',
    'given-back',
    'checks',
  );
  deliberation.closeQuestions(task.task_id, 'cancelled');
  const blocked = deliberation.endDependents(task);
  if (blocked.length === 0) return;
  deliberation.escalate({
    kind: 'blocked',
    about: task.task_id,
    title: `${task.task_id} was cancelled and blocks ${listed(blocked)}`,
    detail: reason.slice(0, 500),
    task_id: task.task_id,
  });
}

function cancelledIn(events: readonly FederationEvent[]): TaskId[] {
  return events.flatMap((event) => (event.type === 'task_cancelled' ? [event.task_id] : []));
}
