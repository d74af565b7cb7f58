import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { addMillis, minute } from '../time.ts';
import { existing, heldByCaller } from './standing.ts';
import type { Lease } from './task.ts';
import { invalid } from './validate-request.ts';

export function reportProgress(
  state: FederationState,
  args: ArgsOf<'report_progress'>,
  context: DecisionContext,
): Decision<ResultOf<'report_progress'>> {
  const task = heldByCaller(state, args.task_id, context.actor);
  const { note, progress, extend_minutes } = args;
  if (note === undefined && progress === undefined && extend_minutes === undefined) {
    throw invalid(
      'note',
      'expected a note, progress or extend_minutes, got none',
      'Give one of them, or skip the call.',
    );
  }
  const lease = task.lease === null ? null : extended(task.lease, extend_minutes ?? 0, context);
  return {
    events: [
      { type: 'progress_reported', task_id: task.task_id, note: note ?? null, progress: progress ?? null, lease },
    ],
    result: () => ({ task: existing(state, task.task_id) }),
  };
}

/** A report is a sign of life; `minutes` beyond that move the hold. */
function extended(
  lease: Lease,
  minutes: number,
  { now, config }: DecisionContext,
): Pick<Lease, 'expires_at' | 'hold_until'> {
  const renewed = addMillis(now, Math.max(config.leases.lease_minutes, minutes) * minute);
  return {
    expires_at: renewed > lease.expires_at ? renewed : lease.expires_at,
    hold_until: addMillis(lease.hold_until, minutes * minute),
  };
}
