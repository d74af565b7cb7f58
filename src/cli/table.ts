/** Aligned columns: the last one is cut to the terminal's width, and never padded. */
import stringWidth from 'string-width';
import { cutTo, oneLine, padTo, paint, type Style, type Terminal } from './terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  readonly style?: (row: Row) => Style | null;
  readonly align?: 'left' | 'right';
}

const gap = '  ';
/** A last column narrower than this says nothing; the terminal wraps it instead. */
const narrowest = 10;

/** Title and rows, one line each, without a line break at the end. Columns empty in every row are left out. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: Terminal): string {
  const cells = new Map(columns.map((column) => [column, rows.map((row) => oneLine(String(column.value(row) ?? '')))]));
  const shown = columns.filter((column) => cells.get(column)?.some((cell) => cell !== ''));
  const widths = new Map(
    shown.map((column) => [
      column,
      Math.max(...[column.title, ...(cells.get(column) ?? [])].map((text) => stringWidth(text))),
    ]),
  );
  const last = shown.at(-1);
  if (last !== undefined && terminal.width !== null) {
    const before = shown.slice(0, -1).reduce((sum, column) => sum + (widths.get(column) ?? 0) + gap.length, 0);
    widths.set(last, Math.min(widths.get(last) ?? 0, Math.max(narrowest, terminal.width - before)));
  }
  const line = (textOf: (column: Column<Row>) => string, styleOf: (column: Column<Row>) => Style | null): string =>
    shown
      .map((column) => {
        const width = widths.get(column) ?? 0;
        const text = cutTo(textOf(column), width);
        const padded = column === last && column.align !== 'right' ? text : padTo(text, width, column.align);
        return paint(padded, styleOf(column), terminal);
      })
      .join(gap)
      .trimEnd();
  const head = line(
    (column) => column.title,
    () => 'dim',
  );
  const body = rows.map((row, index) =>
    line(
      (column) => cells.get(column)?.[index] ?? '',
      (column) => column.style?.(row) ?? null,
    ),
  );
  return [head, ...body].join('\n');
}

/** Names and what they are, one a line. Entries without a value are left out. */
export function renderFields(
  terminal: Terminal,
  fields: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const shown = Object.entries(fields).flatMap(([name, value]) => {
    const text = oneLine(String(value ?? ''));
    return text === '' ? [] : [{ name, text }];
  });
  const width = Math.max(0, ...shown.map(({ name }) => stringWidth(name)));
  return shown.map(({ name, text }) => `${paint(padTo(name, width), 'dim', terminal)}${gap}${text}`).join('\n');
}
