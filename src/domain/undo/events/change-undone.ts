import type { EventKind } from '../../event-kind.ts';
import { type OptimizationReverted, optimizationReverted } from '../../routing/events/optimization-reverted.ts';
import type { Escalation } from '../../scheduling/escalation.ts';
import { escalationClosed } from '../../scheduling/events/escalation-closed.ts';
import { federationResumed } from '../../scheduling/events/federation-resumed.ts';
import { changeTask, historyWith } from '../../tasks/change-task.ts';
import { unmet } from '../../tasks/dependencies.ts';
import { dayOf } from '../../metrics/metrics.ts';
import { toMillis } from '../../time.ts';
import { type ChangeKey, isThat, type TaskBack } from '../change.ts';
import { changesIn, listOf } from '../change-list.ts';

export interface ChangeUndone {
  readonly type: 'change_undone';
  /** What it reverses: a change of the same person's. */
  readonly reverses: ChangeKey & { readonly did: readonly string[] };
  readonly tasks: readonly TaskBack[];
  /** Inbox items that it had settled, and ones that it had opened. */
  readonly reopened: readonly Escalation[];
  readonly closed: readonly string[];
  readonly resumed?: true;
  /** As switched before; null: as configured. */
  readonly scheduling?: boolean | null;
  readonly optimization?: Omit<OptimizationReverted, 'type'>;
}

export const changeUndone: EventKind<ChangeUndone> = {
  type: 'change_undone',
  description: 'A person took back what they did last, where nothing had come of it.',
  count({ tasks: now, metrics }, { tasks, reverses }) {
    const revived = tasks.filter(({ task_id, back }) => back.status !== undefined && isCancelled(now.get(task_id)));
    if (revived.length === 0) return;
    metrics.total.add('cancelled', -revived.length);
    metrics.days.at(dayOf(toMillis(reverses.at))).add('cancelled', -revived.length);
  },
  fold(state, event, meta) {
    for (const escalation of event.reopened) state.escalations.set(escalation.inbox_id, escalation);
    for (const { task_id, back } of event.tasks) {
      // Its time goes back as well: the change before this one is the last again, and can be undone.
      changeTask(state, task_id, (task) => ({ ...task, ...back, history: historyWith(task, meta, 'undone') }));
    }
    // What they wait for may have ended since, or be among what came back.
    for (const { task_id } of event.tasks) {
      changeTask(state, task_id, (task) => {
        const waiting_for = unmet(state, task.dependencies, task.wait_for);
        const isHeldBack =
          waiting_for.length > 0 || task.starts_at !== null || (task.needs_approval && task.approved_by === null);
        return { ...task, waiting_for, ready_since: isHeldBack ? null : (task.ready_since ?? meta.at) };
      });
    }
    for (const inbox_id of event.closed) {
      escalationClosed.fold(state, { type: 'escalation_closed', inbox_id, how: 'undone', note: null }, meta);
    }
    if (event.resumed === true) federationResumed.fold(state, { type: 'federation_resumed', release: 'ask' }, meta);
    if (event.scheduling !== undefined) state.meta = { ...state.meta, scheduling: event.scheduling };
    if (event.optimization !== undefined) {
      optimizationReverted.fold(state, { type: 'optimization_reverted', ...event.optimization }, meta);
    }
    const left = listOf(changesIn(state.changes.get(meta.by)).filter((change) => !isThat(event.reverses)(change)));
    if (left === null) state.changes.delete(meta.by);
    else state.changes.set(meta.by, left);
  },
  line: ({ reverses: { did } }) => `undid: ${did.join('; ')}`,
  redact: 'nothing',
  news: 'each',
};

function isCancelled(task: { readonly status: string } | undefined): boolean {
  return task?.status === 'cancelled';
}
