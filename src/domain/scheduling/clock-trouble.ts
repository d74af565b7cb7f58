/** The one inbox item about clocks that are wrong. */
import type { Deliberation } from '../deliberation.ts';
import { clockKinds, type ClockTrouble, span } from './clock-kinds.ts';

/** Opens the item, and closes it when what it is about is over. */
export function tellOfClocks(deliberation: Deliberation): void {
  const { clockTrouble } = deliberation.context;
  if (clockTrouble === undefined) return;
  for (const kind of clockKinds) {
    if (clockTrouble?.kind !== kind) deliberation.closeEscalations(kind, 'the clocks agree again', 'clock');
  }
  if (clockTrouble === null || clockTrouble.isTold) return;
  deliberation.escalate({ kind: 'clock', about: clockTrouble.kind, ...inWords(clockTrouble), task_id: null });
}

function inWords({ kind, milliseconds }: ClockTrouble): { readonly title: string; readonly detail: string } {
  const by = span(milliseconds);
  if (kind === 'apart') {
    return {
      title: `The clocks of two processes differ by ${by}`,
      detail:
        'Nobody can tell which is right, so time ends nothing: no lease, no deadline, no wait. ' +
        'Set the wrong clock right, or end the process that has it.',
    };
  }
  return {
    title: `The journal is ${by} ahead of the clock`,
    detail:
      'A clock that was ahead has written to it. Until then time stands still: leases, deadlines and waits last longer. ' +
      'If the clock is right now, rebase moves them back by that time; if it is wrong, set it right.',
  };
}
