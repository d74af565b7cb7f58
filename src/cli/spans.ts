/** Lines made of styled pieces, measured and cut before colour goes in: escape sequences have no width. */
import stringWidth from 'string-width';
import { cutTo, oneLine, padTo, paint, type Style, type Terminal, wrapTo } from './terminal.ts';

export interface Span {
  readonly text: string;
  readonly style: Style | null;
}
export type Line = readonly Span[];

export function span(text: string, style: Style | null = null): Span {
  return { text, style };
}

/** Text from outside: without escape sequences and line breaks. */
export function foreign(text: string, style: Style | null = null): Span {
  return { text: oneLine(text), style };
}

/** Text from outside in lines of at most `width` columns. */
export function wrapLines(text: string, width: number, style: Style | null = null): Line[] {
  return wrapTo(oneLine(text), width).map((line) => [span(line, style)]);
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + stringWidth(text), 0);
}

/** At most `width` columns, the last an ellipsis where something was cut. */
export function cutLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  if (width < 1) return [];
  const kept: Span[] = [];
  let left = width - 1;
  for (const { text, style } of line) {
    const own = stringWidth(text);
    if (own > left) {
      // The spaces make it too wide where it would fit to the column: more follows.
      kept.push({ text: cutTo(`${text}  `, left + 1), style });
      break;
    }
    kept.push({ text, style });
    left -= own;
  }
  return kept;
}

/** Exactly `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const cut = cutLine(line, width);
  const space = width - lineWidth(cut);
  return space > 0 ? [...cut, span(padTo('', space))] : cut;
}

export function paintLine(line: Line, terminal: Terminal): string {
  return line
    .map(({ text, style }) => paint(text, style, terminal))
    .join('')
    .trimEnd();
}
