import type { Actor, ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import { addMillis, minute } from '../time.ts';
import { existing, heldByCaller } from './standing.ts';
import { addNote, ask, refuseMany, unreadNotes } from './notes.ts';
import type { Lease, Task } from './task.ts';
import { checkNote, invalid } from './task-fields.ts';

/** The holder's report; of anyone else a note to the holder, or to whoever takes the task next. */
export function reportProgress(
  state: FederationState,
  args: ArgsOf<'report_progress'>,
  context: DecisionContext,
): Decision<ResultOf<'report_progress'>> {
  const { note, question, progress, extend_minutes } = args;
  if (note === undefined && question === undefined && progress === undefined && extend_minutes === undefined) {
    throw invalid(
      'note',
      'expected a note, a question, progress or extend_minutes, got none',
      'Give one of them, or skip the call.',
    );
  }
  const deliberation = new Deliberation(state, context);
  const task = existing(state, args.task_id);
  const isOnlyNote = question === undefined && progress === undefined && extend_minutes === undefined;
  if (note !== undefined && isOnlyNote && !isHolder(task, context.actor)) {
    addNote(deliberation, task, note);
    return {
      events: deliberation.events,
      result: () => ({ task: existing(state, task.task_id), notes: [], is_holder: false }),
    };
  }
  report(deliberation, heldByCaller(state, args.task_id, context.actor), args);
  const notes = unreadNotes(task);
  return {
    events: deliberation.events,
    result: () => ({ task: existing(state, task.task_id), notes, is_holder: true }),
  };
}

function report(
  deliberation: Deliberation,
  task: Task,
  { note, question, progress, extend_minutes }: ArgsOf<'report_progress'>,
): void {
  const { context } = deliberation;
  if (note !== undefined) {
    checkNote(note, 'note');
    refuseMany(task, context);
  }
  const lease = task.lease === null ? null : extended(task.lease, extend_minutes ?? 0, context);
  deliberation.add({
    type: 'progress_reported',
    task_id: task.task_id,
    note: note ?? null,
    progress: progress ?? null,
    lease,
  });
  if (question !== undefined) ask(deliberation, task, question);
}

function isHolder({ lease }: Task, { name, session }: Actor): boolean {
  return lease !== null && lease.agent === name && lease.session === session;
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
