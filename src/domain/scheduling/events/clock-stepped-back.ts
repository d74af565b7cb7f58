import type { EventKind } from '../../event-kind.ts';
import type { FederationState } from '../../federation-state.ts';
import type { Lease, Task } from '../../tasks/task.ts';
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

/** What lies ahead, or counts from a moment on, keeps its distance from now. */
function moveTimesBack(state: FederationState, by: number): void {
  const moved = (at: Timestamp): Timestamp => addMillis(at, -by);
  // A copy first: the changes move what is iterated.
  for (const task of Array.from(state.tasks.values())) {
    const changes = timesMoved(task, moved);
    if (changes !== null) state.tasks.set(task.task_id, { ...task, ...changes });
  }
  moveDeadlinesBack(state, by);
  const minutes = Math.round(by / minute);
  const automatic = state.meta.automatic.map(([when, count]) => [when - minutes, count] as const);
  state.meta = { ...state.meta, automatic };
  for (const agent of Array.from(state.agents.values())) {
    if (agent.until !== null) state.agents.set(agent.name, { ...agent, until: moved(agent.until) });
  }
}

/** `null`: nothing of it counts any more. */
function timesMoved(task: Task, moved: (at: Timestamp) => Timestamp): Partial<Task> | null {
  const { status, lease, reported, starts_at, not_before, ready_since } = task;
  // Work that was reported done waits for its checks, not for its lease.
  const isHeld = lease !== null && reported === null;
  // A retry's wait was counted from the old clock; a `not_before` names a moment on anyone's.
  const isRetried = starts_at !== null && starts_at !== not_before;
  // Otherwise whatever is queued from now on would have been ready for longer.
  const isWaiting = status === 'pending' && ready_since !== null;
  if (!isHeld && !isRetried && !isWaiting) return null;
  return {
    ...(isHeld && { lease: leaseMoved(lease, moved) }),
    ...(isRetried && { starts_at: moved(starts_at) }),
    ...(isWaiting && { ready_since: moved(ready_since) }),
  };
}

function leaseMoved(lease: Lease, moved: (at: Timestamp) => Timestamp): Lease {
  const { claimed_at, expires_at, hold_until } = lease;
  return {
    ...lease,
    claimed_at: moved(claimed_at),
    expires_at: moved(expires_at),
    hold_until: moved(hold_until),
  };
}
