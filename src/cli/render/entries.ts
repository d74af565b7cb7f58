/** What happened, one entry a line: when, who, what. */
import stringWidth from 'string-width';
import { oneLine, padTo, paint, type Terminal, wrapTo } from '../terminal.ts';
import { shortIds } from './ids.ts';

export interface Entry {
  readonly when: string;
  readonly who: string;
  readonly what: string;
}

/** With less room than this beside when and who, what happened stands below them. */
const leastBeside = 24;

/** `leastName`: columns that a name has where more will follow below. */
export function renderEntries(entries: readonly Entry[], terminal: Terminal, leastName = 0): string {
  const shown = entries.map(({ when, who, what }) => ({
    when,
    who: who === 'system' ? '–' : oneLine(who),
    what: oneLine(shortIds(what, terminal)),
  }));
  const width = (name: 'when' | 'who'): number => Math.max(0, ...shown.map((entry) => stringWidth(entry[name])));
  const [times, names] = [width('when'), Math.max(leastName, width('who'))];
  const before = times + names + 4;
  const room = (terminal.width ?? Number.POSITIVE_INFINITY) - before;
  return shown
    .map(({ when, who, what }) => {
      const head = `${paint(padTo(when, times), 'dim', terminal)}  ${padTo(who, names)}`;
      if (room >= leastBeside) return `${head}  ${wrapTo(what, room).join(`\n${' '.repeat(before)}`)}`;
      return [head.trimEnd(), ...wrapTo(what, room + before - 4).map((line) => `    ${line}`)].join('\n');
    })
    .join('\n');
}
