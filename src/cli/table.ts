/**
 * Aligned columns. The last one gets what is left, and is cut to it. Where a
 * terminal is too narrow for that, columns it can do without give way; where
 * that is not enough, each row stands on lines of its own. Ids and numbers are
 * never cut.
 */
import stringWidth from 'string-width';
import { flow, type Piece } from './flow.ts';
import { cutTo, oneLine, padTo, paint, type Style, type Terminal, wrapAtMost, wrapTo } from './terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  readonly style?: (row: Row) => Style | null;
  readonly align?: 'left' | 'right';
  /** What a value begins with where it stands without its title: `after `. */
  readonly lead?: string;
  /** A narrow terminal can do without it; the highest goes first. */
  readonly spare?: number;
}

interface Measured<Row> extends Column<Row> {
  readonly cells: readonly string[];
  readonly width: number;
}

const gap = '  ';
/** What the last column has at least where it needs it; in less, it says nothing. */
const leastForLast = 24;
/** Lines that the last column may take where each row stands alone. */
const mostLines = 2;

/** Title and rows, one line each, without a line break at the end. Columns empty in every row are left out. */
export function renderTable<Row>(terminal: Terminal, rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const shown = columns
    .map((column) => measured(column, rows))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const kept = fitting(shown, terminal);
  if (kept === null) return stackedRows(rows, shown, terminal);
  const last = kept.at(-1);
  /** Of the titles where there is no row. */
  const line = (index: number, row: Row | null): string =>
    kept
      .map((column) => {
        const whole = row === null ? column.title : (column.cells[index] ?? '');
        const text = cutTo(whole, column === last ? lastWidth(kept, terminal) : column.width);
        const padded = column === last && column.align !== 'right' ? text : padTo(text, column.width, column.align);
        return paint(padded, row === null ? 'dim' : (column.style?.(row) ?? null), terminal);
      })
      .join(gap)
      .trimEnd();
  return [line(0, null), ...rows.map((row, index) => line(index, row))].join('\n');
}

function measured<Row>(column: Column<Row>, rows: readonly Row[]): Measured<Row> {
  const cells = rows.map((row) => oneLine(String(column.value(row) ?? '')));
  return { ...column, cells, width: Math.max(...[column.title, ...cells].map((text) => stringWidth(text))) };
}

/** Null where even without spare columns too little is left for the last one. */
function fitting<Row>(shown: readonly Measured<Row>[], terminal: Terminal): readonly Measured<Row>[] | null {
  let kept = shown;
  while (!fits(kept, terminal)) {
    const spare = kept.toSorted((a, b) => (b.spare ?? 0) - (a.spare ?? 0))[0];
    if (spare?.spare === undefined) return null;
    kept = kept.filter((column) => column !== spare);
  }
  return kept;
}

function fits<Row>(kept: readonly Measured<Row>[], terminal: Terminal): boolean {
  const needed = Math.min(kept.at(-1)?.width ?? 0, leastForLast);
  return lastWidth(kept, terminal) >= needed;
}

function lastWidth<Row>(kept: readonly Measured<Row>[], { width }: Terminal): number {
  const last = kept.at(-1)?.width ?? 0;
  if (width === null) return last;
  const before = kept.slice(0, -1).reduce((sum, column) => sum + column.width + gap.length, 0);
  return Math.min(last, width - before);
}

/** Each row on lines of its own: what is short first, then the text of the last column below it. */
function stackedRows<Row>(rows: readonly Row[], shown: readonly Measured<Row>[], terminal: Terminal): string {
  const room = (terminal.width ?? 0) - gap.length;
  const last = shown.at(-1);
  const text = last?.align === 'right' ? undefined : last;
  return rows
    .flatMap((row, index) => {
      const facts = shown.filter((column) => column !== text).map((column) => factOf(column, row, index));
      const lines = text === undefined ? [] : wrapAtMost(text.cells[index] ?? '', room, mostLines);
      const [first = '', ...more] = flow(facts, gap, room, terminal);
      const below = lines.filter((line) => line !== '');
      return [first, ...[...more, ...below].map((line) => `${gap}${line}`)];
    })
    .join('\n');
}

function factOf<Row>({ title, align, lead, cells, style }: Measured<Row>, row: Row, index: number): Piece {
  const cell = cells[index] ?? '';
  // A number alone does not say what it counts.
  const before = lead ?? (align === 'right' ? `${title.toLowerCase()} ` : '');
  return [cell === '' ? '' : `${before}${cell}`, style?.(row) ?? null];
}

/** Names and what they are, one a line, longer ones wrapped beside their name. Entries without a value are left out. */
export function renderFields(
  terminal: Terminal,
  fields: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const shown = Object.entries(fields).flatMap(([name, value]) => {
    const text = oneLine(String(value ?? ''));
    return text === '' ? [] : [{ name, text }];
  });
  const width = Math.max(0, ...shown.map(({ name }) => stringWidth(name)));
  const room = terminal.width === null ? null : Math.max(16, terminal.width - width - gap.length);
  return shown
    .map(({ name, text }) => {
      const lines = room === null || stringWidth(text) <= room ? [text] : wrapTo(text, room);
      const beside = ' '.repeat(width + gap.length);
      return `${paint(padTo(name, width), 'dim', terminal)}${gap}${lines.join(`\n${beside}`)}`;
    })
    .join('\n');
}
