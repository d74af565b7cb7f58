/** What stands at the head of a page: what it is about, and at the other end what time it is, with the zone. */
import stringWidth from 'string-width';
import { flow, type Piece } from '../flow.ts';
import { paint, type Terminal } from '../terminal.ts';
import { clockOf } from '../times.ts';

/** Wider screens leave a page as wide as this: what belongs together stays together. */
const widest = 80;

/** `11-28-014 · in progress · high` */
export function factLine(terminal: Terminal, ...facts: readonly Piece[]): string {
  return flow(facts, ' · ', terminal.width, terminal).join('\n');
}

/** Facts with the clock at the end of their line, or below it where there is no room. */
export function headline(terminal: Terminal, ...facts: readonly Piece[]): string {
  const clock = terminal.hasClock === true ? null : clockOf(terminal);
  const lines = flow(facts, ' · ', terminal.width, terminal);
  if (clock === null || terminal.width === null) return lines.join('\n');
  const last = lines.pop() ?? '';
  const space = Math.min(widest, terminal.width) - stringWidth(last) - clock.length;
  const shown = paint(clock, 'dim', terminal);
  return [...lines, space >= 2 ? `${last}${' '.repeat(space)}${shown}` : `${last}\n${shown}`].join('\n');
}
