import type { EventKind } from '../../event-kind.ts';
import type { FederationState } from '../../federation-state.ts';
import { addMillis, minute, type Timestamp } from '../../time.ts';
import { moveDeadlinesBack } from '../../votes/deadlines.ts';

/** The machine's clock went back by more than a step that can be ignored. */
export interface ClockSteppedBack {
  readonly type: 'clock_stepped_back';
  readonly milliseconds: number;
}

export const clockSteppedBack: EventKind<ClockSteppedBack> = {
  type: 'clock_stepped_back',
  description: "The machine's clock went back; open leases and times were moved with it.",
  fold(state, { milliseconds }) {
    moveTimesBack(state, milliseconds);
    state.meta = { ...state.meta, rebase: false };
  },
  line: ({ milliseconds }) =>
    `the clock went back by ${Math.round(milliseconds / 1000)} s; leases and deadlines moved with it`,
  redact: 'nothing',
  news: 'none',
};

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
