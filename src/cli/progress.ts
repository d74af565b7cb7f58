/** A bar on standard error while something long runs; nothing where that is no terminal. */
import stringWidth from 'string-width';
import type { Host } from './host.ts';
import { cutTo, padTo, paint } from './terminal.ts';

const widestBar = 24;
/** A shorter bar says less than the label that makes it so short. */
const narrowestBar = 6;
/** Milliseconds between redraws. */
const redrawEvery = 100;

export interface Progress {
  readonly show: (done: number, total: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

export function progressOf(host: Pick<Host, 'errorTerminal' | 'err'>, label: string): Progress {
  const { errorTerminal } = host;
  if (errorTerminal.width === null) return { show: () => undefined, end: () => undefined };
  // A line that fills the terminal may wrap, and a redraw only takes the last part of it away.
  const width = errorTerminal.width - 1;
  let last = Number.NEGATIVE_INFINITY;
  return {
    show: (done, total) => {
      const now = performance.now();
      const [first, complete] = [last === Number.NEGATIVE_INFINITY, done >= total];
      // What is complete at once needs no bar; one that was shown does not stop short of its end.
      if (complete ? first : now - last < redrawEvery) return;
      last = now;
      const share = total === 0 ? 1 : done / total;
      const figures = ` ${String(Math.floor(share * 100)).padStart(3)}%  ${done} of ${total}`;
      const named = `${padTo(label, 10)} `;
      const left = width - stringWidth(figures);
      const head = left - stringWidth(named) >= narrowestBar ? named : '';
      const barWidth = Math.max(0, Math.min(widestBar, left - stringWidth(head)));
      const filled = Math.round(share * barWidth);
      const bar = `${paint('█'.repeat(filled), 'green', errorTerminal)}${paint('░'.repeat(barWidth - filled), 'dim', errorTerminal)}`;
      host.err(`\r${head}${bar}${cutTo(figures, width)}\u001B[K`);
    },
    end: () => {
      if (last > Number.NEGATIVE_INFINITY) host.err('\r\u001B[K');
    },
  };
}
