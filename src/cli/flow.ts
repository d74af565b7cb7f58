/** Pieces of text one after the other, as many a line as fit, none of them broken. */
import stringWidth from 'string-width';
import { oneLine, paint, type Style, type Terminal } from './terminal.ts';

export type Piece = readonly [text: string, style?: Style | null];

/** Empty pieces are left out; one that is wider than a line has a line of its own. */
export function flow(pieces: readonly Piece[], separator: string, width: number | null, terminal: Terminal): string[] {
  const lines: string[][] = [];
  let left = 0;
  for (const [text, style = null] of pieces) {
    const shown = oneLine(text);
    if (shown === '') continue;
    const own = stringWidth(shown);
    const line = lines.at(-1);
    if (line === undefined || own + separator.length > left) {
      lines.push([paint(shown, style, terminal)]);
      left = (width ?? Number.POSITIVE_INFINITY) - own;
    } else {
      line.push(paint(shown, style, terminal));
      left -= own + separator.length;
    }
  }
  return lines.map((line) => line.join(separator));
}
