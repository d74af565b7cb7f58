/** Any plain object as fields, lists and tables: what has no view of its own still reads well. */
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, paint, type Terminal } from '../terminal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Without `next`, which is shown on its own. */
export function renderAny(value: unknown, terminal: Terminal): string {
  if (!isFields(value)) return manyLines(scalar(value));
  const page = rowsOfPage(value);
  if (page !== null) return renderRows(page, terminal);
  const entries = Object.entries(value).filter(([name, entry]) => name !== 'next' && !isNothing(entry));
  const flat = entries.flatMap(([name, entry]) => (isFlat(entry) ? [[titled(name), scalar(entry)] as const] : []));
  const sections = entries.flatMap(([name, entry]) =>
    isFlat(entry) ? [] : [`${paint(titled(name), 'bold', terminal)}\n${renderSection(entry, terminal)}`],
  );
  const fields = renderFields(flat, terminal);
  return [...(fields === '' ? [] : [fields]), ...sections].join('\n\n');
}

function renderSection(value: unknown, terminal: Terminal): string {
  if (!Array.isArray(value)) return indent(renderAny(value, terminal));
  const items: readonly unknown[] = value;
  return items.every(isFields)
    ? indent(renderRows(items, narrower(terminal)))
    : items.map((item) => `  - ${manyLines(scalar(item))}`).join('\n');
}

function renderRows(rows: readonly Fields[], terminal: Terminal): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // The longest text goes last, where it may be cut.
  const longest = Math.max(0, ...names.map((name) => longestOf(rows, name)));
  const ordered = names.toSorted(
    (a, b) => Number(longestOf(rows, a) === longest) - Number(longestOf(rows, b) === longest),
  );
  const columns = ordered.map(
    (name): Column<Fields> => ({ title: titled(name).toUpperCase(), value: (row) => scalar(row[name]) }),
  );
  return renderTable(rows, columns, terminal);
}

/** A page that holds everything there is needs no other word than its rows. */
function rowsOfPage(value: Fields): readonly Fields[] | null {
  const { items, total } = value;
  return Array.isArray(items) && items.length > 0 && items.length === total && items.every(isFields) ? items : null;
}

function longestOf(rows: readonly Fields[], name: string): number {
  return Math.max(0, ...rows.map((row) => scalar(row[name]).length));
}

function narrower(terminal: Terminal): Terminal {
  return terminal.width === null ? terminal : { ...terminal, width: terminal.width - 2 };
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFlat(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every(isFlat)) return value.map(scalar).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function titled(name: string): string {
  return name.replaceAll('_', ' ');
}
