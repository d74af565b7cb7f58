/** What an escalation offers: each action does the thing in one step. */
import type { FederationState } from '../federation-state.ts';
import { waitingOn } from '../tasks/dependencies.ts';
import type { DependencyId, Task } from '../tasks/task.ts';
import { isOpen } from '../tasks/readiness.ts';
import { unreachable } from '../errors.ts';
import type { Escalation, InboxAction } from './escalation.ts';
import { clockKey } from './clock-kinds.ts';
import { heldUnder } from './follow-up.ts';

/** What can be done about it as things stand, the usual first. Never empty. */
export function actionsFor(
  state: FederationState,
  { kind, key, task_id, vote_id, task_ids = [] }: Escalation,
): readonly InboxAction[] {
  const task = task_id === null ? undefined : state.tasks.get(task_id);
  switch (kind) {
    case 'approval':
    case 'rework-rounds':
      return task !== undefined && isOpen(task) && task.approved_by === null ? ['approve', 'cancel'] : ['dismiss'];
    case 'routing':
      return task !== undefined && isOpen(task) && task.to_agent === null
        ? ['reassign', 'cancel', 'dismiss']
        : ['dismiss'];
    case 'hold-reached':
      return task !== undefined && isOpen(task) ? ['reassign', 'cancel', 'dismiss'] : ['dismiss'];
    case 'task-failed':
    case 'blocked': {
      const again: InboxAction[] = task !== undefined && hasEnded(task) ? ['requeue', 'reassign'] : [];
      const ended = task_id ?? vote_id;
      const waiting = ended !== undefined && blockedBy(state, ended).length > 0;
      return [...again, ...(waiting ? (['continue-dependents', 'cancel'] as const) : (['dismiss'] as const))];
    }
    case 'vote':
      return vote_id !== undefined && state.voteIndex.escalated.has(vote_id)
        ? ['decide', 'extend', 'cancel']
        : ['dismiss'];
    case 'question':
      return ['answer', 'dismiss'];
    case 'commit':
      return task !== undefined && isOpen(task) ? ['cancel', 'dismiss'] : ['dismiss'];
    case 'checks':
      return task?.reported == null ? ['dismiss'] : ['complete', 'requeue', 'cancel'];
    case 'given-back':
      if (task === undefined || !isOpen(task)) return ['dismiss'];
      return task.status === 'pending' ? ['reassign', 'edit', 'cancel', 'dismiss'] : ['reassign', 'cancel', 'dismiss'];
    case 'unclaimed':
      return task_ids.some((id) => state.tasks.get(id)?.status === 'pending')
        ? ['reassign', 'edit', 'cancel']
        : ['dismiss'];
    case 'clock':
      return key === clockKey('ahead') ? ['rebase', 'dismiss'] : ['dismiss'];
    case 'agent-changed':
      return ['dismiss'];
    case 'limit':
    case 'held-follow-ups':
      return heldUnder(state, key).length > 0 ? ['release', 'drop'] : ['dismiss'];
    default:
      return unreachable(kind);
  }
}

/** Tasks that depend on this task or vote and cannot go on. */
export function blockedBy(state: FederationState, id: DependencyId): Task[] {
  return [...waitingOn(state, id)].filter((task) => task.dependencies.includes(id));
}

function hasEnded({ status }: Task): boolean {
  return status === 'failed' || status === 'cancelled';
}
