/** A bar on standard error while something long runs; nothing where that is no terminal. */
import { padTo, paint } from './terminal.ts';
import type { Host } from './host.ts';

const barWidth = 24;
/** Milliseconds between redraws. */
const redrawEvery = 100;

export interface Progress {
  readonly show: (done: number, total: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

export function progressOf(host: Host, label: string): Progress {
  const { errorTerminal } = host;
  if (errorTerminal.width === null) return { show: () => undefined, end: () => undefined };
  let last = Number.NEGATIVE_INFINITY;
  return {
    show: (done, total) => {
      const now = performance.now();
      if (now - last < redrawEvery) return;
      last = now;
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * barWidth);
      const bar = `${paint('█'.repeat(filled), 'green', errorTerminal)}${paint('░'.repeat(barWidth - filled), 'dim', errorTerminal)}`;
      host.err(
        `\r${padTo(label, 10)} ${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${done} of ${total}\u001B[K`,
      );
    },
    end: () => {
      if (last > Number.NEGATIVE_INFINITY) host.err('\r\u001B[K');
    },
  };
}
