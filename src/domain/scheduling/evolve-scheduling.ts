import type { EventMeta } from '../evolve.ts';
import type { SchedulingEvent } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { requestKey } from '../tasks/request-key.ts';
import { heldId } from './follow-up.ts';
import { kindOfId, type NumberedKind, numberedId } from '../tasks/task-id.ts';
import { addMillis, minute, type Timestamp } from '../time.ts';
import { moveDeadlinesBack, moveDeadlinesByPause } from '../votes/deadlines.ts';

export function evolveScheduling(state: FederationState, event: SchedulingEvent, meta: EventMeta): void {
  switch (event.type) {
    case 'federation_paused':
      state.meta = { ...state.meta, paused: { since: meta.at, by: meta.by, reason: event.reason } };
      return;
    case 'federation_resumed':
      if (state.meta.paused !== null) moveDeadlinesByPause(state, state.meta.paused.since, meta.at);
      state.meta = { ...state.meta, paused: null };
      return;
    case 'scheduling_switched':
      state.meta = { ...state.meta, scheduling: event.on };
      return;
    case 'follow_ups_held':
      for (const followUp of event.follow_ups) {
        const held_id = heldId(followUp);
        state.held.set(held_id, { ...followUp, held_id, key: event.key, held_at: meta.at });
      }
      return;
    case 'follow_ups_settled':
      for (const id of event.held_ids) state.held.delete(id);
      return;
    case 'escalation_opened':
      countId(state, 'inbox', event.escalation.inbox_id);
      state.escalations.set(event.escalation.inbox_id, event.escalation);
      return;
    case 'escalation_closed':
      state.escalations.delete(event.inbox_id);
      return;
    case 'request_remembered': {
      const { key, fingerprint, ids } = event;
      state.requests.set(requestKey(meta.by, key), { by: meta.by, key, fingerprint, ids, at: meta.at });
      return;
    }
    case 'clock_stepped_back':
      moveTimesBack(state, event.milliseconds);
      return;
    case 'loss_accepted':
      for (const id of event.last_ids) countId(state, kindOfId(id), id);
      return;
  }
}

/** Raises the day's counter to the number in `id`, so that the next id is another one. */
export function countId(state: FederationState, kind: NumberedKind, id: string): void {
  const day = id.slice(kind.length + 1, kind.length + 11);
  const counters = state.days.get(day) ?? { day, task: 0, vote: 0, inbox: 0, optimization: 0 };
  state.days.set(day, { ...counters, [kind]: Math.max(counters[kind], Number(id.slice(kind.length + 12))) });
}

/** Gives out ids in order; several within one decision. */
export function idSource(state: FederationState, now: Timestamp): (kind: NumberedKind) => string {
  const given = { task: 0, vote: 0, inbox: 0, optimization: 0 };
  const counters = state.days.get(now.slice(0, 10));
  return (kind) => {
    given[kind] += 1;
    return numberedId(kind, now, (counters?.[kind] ?? 0) + given[kind]);
  };
}

/** What lies ahead, or counts from a moment on, keeps its distance from now. Copies first: the changes below move what is iterated. */
function moveTimesBack(state: FederationState, by: number): void {
  const moved = (at: Timestamp): Timestamp => addMillis(at, -by);
  for (const ids of Array.from(state.index.heldBy.values())) {
    for (const id of Array.from(ids)) {
      const task = state.tasks.get(id);
      if (task?.lease == null) continue;
      const { lease } = task;
      state.tasks.set(id, {
        ...task,
        lease: {
          ...lease,
          claimed_at: moved(lease.claimed_at),
          expires_at: moved(lease.expires_at),
          hold_until: moved(lease.hold_until),
        },
      });
    }
  }
  // A retry's wait was counted from the old clock; a `not_before` names a moment on anyone's.
  for (const id of Array.from(state.index.starting.values())) {
    const task = state.tasks.get(id);
    if (task?.starts_at != null && task.starts_at !== task.not_before) {
      state.tasks.set(id, { ...task, starts_at: moved(task.starts_at) });
    }
  }
  moveDeadlinesBack(state, by);
  // Otherwise whatever is queued from now on would have been ready for longer.
  for (const id of Array.from(state.index.byStatus.pending)) {
    const task = state.tasks.get(id);
    if (task?.ready_since != null) state.tasks.set(id, { ...task, ready_since: moved(task.ready_since) });
  }
  const minutes = Math.round(by / minute);
  const automatic = state.meta.automatic.map(([when, count]) => [when - minutes, count] as const);
  state.meta = { ...state.meta, automatic };
  for (const agent of Array.from(state.agents.values())) {
    if (agent.until !== null) state.agents.set(agent.name, { ...agent, until: moved(agent.until) });
  }
}
