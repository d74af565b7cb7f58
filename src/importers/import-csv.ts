/** A table with a header: from a spreadsheet, a tracker's export, or our own `fed export --format csv`. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../domain/json.ts';
import { type Draft, paragraphs, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportOptions, Remarks } from './found.ts';
import { slug } from '../domain/slug.ts';
import { readStatus, readTime, slugged } from './meanings.ts';
import { textsIn } from './records.ts';

/** What columns are called; the first that is there counts. */
const columns = {
  id: 'id key task-id issue-id issue-key number ref identifier',
  title: 'title summary name subject task',
  description: 'description body details text notes',
  type: 'type issue-type kind category',
  status: 'status state',
  priority: 'priority severity',
  assignee: 'assignee to-agent assigned-to owner agent',
  depends: 'dependencies depends-on blocked-by blockers',
  parent: 'parent parent-id epic',
  created: 'created-at created created-date date',
  updated: 'updated-at updated updated-date modified',
  closed: 'finished-at closed-at completed-at closed resolved completed done-at',
  start: 'not-before defer-until start start-date',
  due: 'deadline due-at due due-date',
  hold: 'on-hold',
  summary: 'result close-reason resolution outcome',
} as const;
type Column = keyof typeof columns;

/** The separator of a header line: what stands in it most often outside quotes. Null where it is no table. */
export function separatorOf(text: string): string | null {
  const line =
    text
      .slice(0, 10_000)
      .split(/\r?\n|\r/, 1)[0]
      ?.replaceAll(/"(?:[^"]|"")*"/g, '""') ?? '';
  const counts = [',', ';', '\t'].map((mark) => [mark, line.split(mark).length - 1] as const);
  const [mark = ',', count = 0] = counts.sort(([, a], [, b]) => b - a)[0] ?? [];
  return count > 0 ? mark : null;
}

/** Whether its header names what a task needs. */
export function looksLikeTable(text: string): boolean {
  const mark = separatorOf(text) ?? ',';
  const header = text.slice(0, 10_000).split(/\r?\n|\r/, 1)[0] ?? '';
  const names = new Set(header.split(mark).map((cell) => slugged(cell.replaceAll('"', ''))));
  return [...columns.title.split(' '), ...columns.description.split(' ')].some((name) => names.has(name));
}

export async function importCsv(text: string, options: ImportOptions): Promise<Found> {
  const { parse } = await import('csv-parse/sync');
  const remarks = new Remarks();
  const rows: { readonly cells: string[]; readonly line: number }[] = [];
  parse(text, {
    delimiter: separatorOf(text) ?? ',',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_record: (record: string[], { lines }) => {
      rows.push({ cells: record, line: lines });
      return null;
    },
    on_skip: (error) => {
      remarks.leaveOut(`line ${typeof error?.['lines'] === 'number' ? error['lines'] : '?'}`, 'not a row of the table');
      return undefined;
    },
  });
  const [header, ...body] = rows;
  const names = (header?.cells ?? []).map((name) => slugged(name));
  const places = placesIn(names);
  if (places.title === undefined && places.description === undefined) {
    remarks.leaveOut('line 1', 'a header without a column title or description');
    return found('csv', remarks, {});
  }
  const drafts = body.flatMap(({ cells, line }) => {
    const cell = (column: Column): string => withoutGuard(cells[places[column] ?? -1] ?? '').trim();
    const [title, description] = [cell('title'), cell('description')];
    if (title === '' && description === '') {
      if (cells.some((one) => one.trim() !== '')) remarks.leaveOut(`line ${line}`, 'neither a title nor a description');
      return [];
    }
    return [draftFrom({ cells, line, names, cell, title, description, places }, options, remarks)];
  });
  return found('csv', remarks, tasksFrom(drafts, 'csv', options, remarks));
}

function placesIn(names: readonly string[]): Partial<Record<Column, number>> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([column, known]) => {
      const place = known
        .split(' ')
        .map((name) => names.indexOf(name))
        .find((at) => at >= 0);
      return place === undefined ? [] : [[column, place]];
    }),
  );
}

/** What an export puts before a cell so that no spreadsheet takes it for a formula. */
function withoutGuard(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
  readonly names: readonly string[];
  readonly cell: (column: Column) => string;
  readonly title: string;
  readonly description: string;
  readonly places: Partial<Record<Column, number>>;
}

function draftFrom(
  { cells, line, names, cell, title, description, places }: Row,
  options: ImportOptions,
  remarks: Remarks,
): Draft {
  const text = title === description ? title : paragraphs([null, title], [null, description]);
  const named = cell('id');
  const id = named === '' ? `row-${createHash('sha256').update(text).digest('hex').slice(0, 12)}` : named.slice(0, 200);
  if (named === '') remarks.adapt(`line ${line}`, 'no id: known again by its text');
  const used = new Set(Object.values(places));
  const rest = names.flatMap((name, place): [string, string][] => {
    const value = withoutGuard(cells[place] ?? '').trim();
    return used.has(place) || name === '' || value === '' ? [] : [[name.replaceAll('-', '_'), value]];
  });
  if (cells.length > names.length) remarks.leaveOut(`line ${line}`, 'cells beyond the last column');
  const parents = textsIn(cell('parent'));
  const source: JsonObject = {
    ...Object.fromEntries(rest),
    ...Object.fromEntries(
      (['type', 'status', 'priority', 'assignee', 'due'] as const).flatMap((column): [string, string][] =>
        cell(column) === '' ? [] : [[column, cell(column)]],
      ),
    ),
    ...(parents.length > 0 ? { parent: parents } : {}),
  };
  return {
    id,
    place: `line ${line}`,
    updated: readTime(cell('updated')),
    description: text,
    kind: cell('type') || null,
    priority: cell('priority'),
    standing: standingOf(cell),
    assignee: cell('assignee').replace(/^@/, '') || null,
    blockers: textsIn(cell('depends')).filter((one) => one !== id),
    parents,
    comments: [],
    created: readTime(cell('created')),
    notBefore: readTime(cell('start')),
    due: readTime(cell('due')),
    source,
    ...(names.includes('task-id') && names.includes('on-hold') ? ownFields(cell, options) : {}),
  };
}

/** Of a table that a federation exported: its types and addressees are what they are here, and so are its ids. */
function ownFields(
  cell: Row['cell'],
  { agents, operator }: ImportOptions,
): Pick<Draft, 'typeHere' | 'toAgent' | 'keepsId'> {
  const [type, to] = [slug.safeParse(cell('type')), cell('assignee')];
  return {
    typeHere: type.success ? type.data : null,
    toAgent: agents.has(to) || to === operator ? to : null,
    keepsId: true,
  };
}

function standingOf(cell: Row['cell']): Standing {
  const status = cell('status') || 'open';
  const closed = readTime(cell('closed'));
  const meaning = readStatus(status, closed !== null);
  if (meaning.is === 'over') {
    const at = closed ?? readTime(cell('updated')) ?? readTime(cell('created')) ?? '1970-01-01T00:00:00.000Z';
    return { is: 'over', end: { status: meaning.status, at, summary: cell('summary') || `Status ${status}` } };
  }
  if (/^(?:true|yes|1)$/i.test(cell('hold'))) return { is: 'hold', why: 'on hold there' };
  return meaning.is === 'hold'
    ? { is: 'hold', why: `status ${JSON.stringify(status.slice(0, 40))}` }
    : { is: meaning.is };
}
