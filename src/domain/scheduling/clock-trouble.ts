/** What is wrong with the clocks, and the one inbox item about it. */
import type { Deliberation } from '../deliberation.ts';
import { day, hour, minute } from '../time.ts';

/**
 * apart   two processes are alone, and their clocks too far from each other
 * ahead   the journal was written by a clock that was ahead: time stands still until the clocks are there
 */
export interface ClockTrouble {
  readonly kind: 'apart' | 'ahead';
  readonly milliseconds: number;
  /** There was an item about it; an answered one is not opened again while it lasts. */
  readonly isTold: boolean;
}

export const clockKinds = ['apart', 'ahead'] as const;

export function clockKey(kind: ClockTrouble['kind']): string {
  return `clock:${kind}`;
}

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

/** `3 min`, `2 h`, `5 days` */
export function span(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < 90 * minute) return `${Math.max(1, Math.round(length / minute))} min`;
  return length < 2 * day ? `${Math.round(length / hour)} h` : `${Math.round(length / day)} days`;
}
