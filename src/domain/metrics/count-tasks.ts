/** What tasks that come, wait, move and end add to the metrics. */
import type { EventMeta } from '../event-kind.ts';
import type { FederationState } from '../federation-state.ts';
import type { QueuedTask } from '../tasks/new-task.ts';
import type { Task } from '../tasks/task.ts';
import { toMillis } from '../time.ts';
import { countDecision } from './count-routing.ts';
import { bucketOf } from './histogram.ts';
import { dayOf, hourOf } from './metrics.ts';
import { isImported } from './outcome.ts';

export function countQueued(state: FederationState, queued: QueuedTask, { at }: EventMeta): void {
  const { metrics } = state;
  const { task } = queued;
  const now = toMillis(at);
  const hour = metrics.hours.at(hourOf(now));
  const today = metrics.days.at(dayOf(now));
  metrics.total.add('queued', 1);
  hour.add('queued', 1);
  today.add('queued', 1);
  if (task.type !== null) metrics.types.at(task.type).add('queued', 1);
  if (task.routing !== null) countDecision(state, task.routing);
  const handoff = handoffOf(queued);
  if (handoff === 'autonomous' || task.caused_by.kind === 'rule') {
    hour.add('automatic', 1);
    today.add('automatic', 1);
  }
  if (handoff === null || task.to_agent === null) return;
  state.touched.measured.add(task.to_agent);
  if (handoff === 'by-person') {
    hour.add('operator_handoffs', 1);
    today.add('operator_handoffs', 1);
    metrics.agents.at(task.to_agent).add('received_from_person', 1);
    return;
  }
  state.touched.measured.add(task.from_agent);
  metrics.agents.at(task.to_agent).add('received', 1);
  metrics.agents.at(task.from_agent).add('handed_over', 1);
}

/**
 * A task that a person queued for an agent of their choice, or that moved between agents without a person: by a rule,
 * by an agent, or as the rework that a reviewing agent sends back. `auto` is the router's choice: nobody carried it.
 */
function handoffOf({ task, for_person, by_person }: QueuedTask): 'by-person' | 'autonomous' | null {
  if (task.to_agent === null || for_person === true) return null;
  switch (task.caused_by.kind) {
    case 'person':
      return task.routing === null ? 'by-person' : null;
    case 'agent':
    case 'rule':
      return task.to_agent === task.from_agent ? null : 'autonomous';
    case 'review':
      return task.to_agent === task.from_agent || by_person === true ? null : 'autonomous';
    case 'import':
      return null;
  }
}

/** Imported work does not count. */
export function countHandoffByPerson({ metrics }: FederationState, task: Task, { at }: EventMeta): void {
  if (isImported(task)) return;
  const now = toMillis(at);
  metrics.hours.at(hourOf(now)).add('operator_handoffs', 1);
  metrics.days.at(dayOf(now)).add('operator_handoffs', 1);
}

/** A retry keeps its place in the queue, so only the first claim says how long a task waited. */
export function countWaiting({ metrics }: FederationState, task: Task, { at }: EventMeta): void {
  if (task.ready_since === null) return;
  const now = toMillis(at);
  const waited = Math.max(0, now - toMillis(task.ready_since));
  const today = metrics.days.at(dayOf(now));
  today.add('waits', 1);
  today.add('waiting', waited);
  metrics.total.add('waits', 1);
  metrics.total.add('waiting', waited);
  metrics.waits.at('all').add(bucketOf(waited), 1);
}

export function countEnd(
  { metrics }: FederationState,
  end: 'completed' | 'failed' | 'cancelled',
  { at }: EventMeta,
): void {
  metrics.total.add(end, 1);
  metrics.days.at(dayOf(toMillis(at))).add(end, 1);
}
