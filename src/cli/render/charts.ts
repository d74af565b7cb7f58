/** Small pictures made of characters: bars, intervals, lines over days. */
import { span, type Span } from '../spans.ts';
import type { Style } from '../terminal.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A share of `width` columns, exactly that wide. */
export function bar(share: number, width: number, style: Style | null = 'cyan'): Span[] {
  const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = '█'.repeat(Math.floor(units / 8)) + (eighths[units % 8] ?? '');
  return [span(full, style), span('·'.repeat(width - full.length), 'dim')];
}

/** A point between its bounds on a scale from 0 to 1: `··├──●┤··`. */
export function interval(
  low: number,
  value: number,
  high: number,
  width: number,
  style: Style | null = 'cyan',
): Span[] {
  const place = (share: number): number => Math.min(width - 1, Math.max(0, Math.round(share * (width - 1))));
  const [from, at, to] = [place(low), place(value), place(high)];
  const marks = Array.from({ length: to - from + 1 }, (_, n) => {
    if (n + from === at) return '●';
    return n === 0 ? '├' : n + from === to ? '┤' : '─';
  });
  return [span('·'.repeat(from), 'dim'), span(marks.join(''), style), span('·'.repeat(width - 1 - to), 'dim')];
}

/** One character a value, the largest the highest; nothing at all is a dot. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  return values
    .map((value) => (value <= 0 ? '·' : (heights[Math.min(7, Math.floor((value / most) * 7.999))] ?? '█')))
    .join('');
}
