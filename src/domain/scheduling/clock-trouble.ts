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
        'It is unknown which one is right, so nothing expires: no lease, no deadline, no wait. ' +
        'Correct the wrong clock, or stop its process.',
    };
  }
  return {
    title: `The journal is ${by} ahead of the clock`,
    detail:
      'A process with a wrong clock wrote to it. Nothing expires until the clock catches up. ' +
      'If the clock is right, rebase moves leases, deadlines and waits back; if not, correct the clock.',
  };
}
