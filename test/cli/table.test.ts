import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { type Column, renderFields, renderTable } from '../../src/cli/table.ts';
import { cutTo, manyLines, plain, terminalOf } from '../../src/cli/terminal.ts';

interface Row {
  readonly id: string;
  readonly count: number | null;
  readonly text: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'ID', value: (row) => row.id, style: () => 'green' },
  { title: 'N', value: (row) => row.count, align: 'right' },
  { title: 'TEXT', value: (row) => row.text },
];

const rows: readonly Row[] = [
  { id: 'a', count: 7, text: 'first' },
  { id: 'long-id', count: 12, text: 'second' },
];

test('columns line up and nothing trails', () => {
  expect(renderTable(plain, rows, columns)).toBe(
    ['ID        N  TEXT', 'a         7  first', 'long-id  12  second'].join('\n'),
  );
});

test('a column that is empty in every row is left out', () => {
  const table = renderTable(plain, [{ id: 'a', count: null, text: 'x' }], columns);
  expect(table).toBe('ID  TEXT\na   x');
});

test('wide characters take the columns they take on a terminal', () => {
  const table = renderTable(plain, [{ id: '你好', count: 1, text: 'x' }, ...rows], columns);
  const [, wide, narrow] = table.split('\n');
  expect(stringWidth(wide?.slice(0, wide.indexOf('1')) ?? '')).toBe(narrow?.indexOf('7'));
});

test('on a terminal the last column is cut to its width', () => {
  const table = renderTable({ width: 40, colour: false }, [{ id: 'a', count: 1, text: 'word '.repeat(40) }], columns);
  const lines = table.split('\n');
  expect(lines[1]).toMatch(/…$/);
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
});

test('columns that are spare give way before the last one gets too narrow, the sparest first', () => {
  const wide = [
    { title: 'ID', value: () => 'task-2026-02-06-001' },
    { title: 'KIND', value: () => 'implementation', spare: 2 },
    { title: 'AGE', value: () => '5 min', spare: 1 },
    { title: 'TEXT', value: () => 'word '.repeat(20) },
  ];
  const head = (width: number): string => renderTable({ width, colour: false }, [0], wide).split('\n')[0] ?? '';
  expect(head(70)).toMatch(/^ID +KIND +AGE +TEXT$/);
  expect(head(60)).toMatch(/^ID +AGE +TEXT$/);
  expect(head(50)).toMatch(/^ID +TEXT$/);
});

test('where a row does not fit it stands on lines of its own, with no id or number cut', () => {
  const long = [{ id: 'task-2026-02-06-001-and-more', count: 12, text: 'word '.repeat(40).trim() }];
  const table = renderTable({ width: 40, colour: false }, long, columns);
  const lines = table.split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'task-2026-02-06-001-and-more  n 12',
    '  word word word word word word word'.trimEnd(),
  ]);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/…$/);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});

test('in a pipe nothing is cut', () => {
  const text = 'word '.repeat(40).trim();
  expect(renderTable(plain, [{ id: 'a', count: 1, text }], columns)).toContain(text);
});

test('colours add nothing but colours', () => {
  const coloured = renderTable({ width: null, colour: true }, rows, columns);
  expect(coloured).toContain('\u001B[32m');
  expect(stripVTControlCharacters(coloured)).toBe(renderTable(plain, rows, columns));
});

test('line breaks and escape sequences of others do not get through', () => {
  const text = 'one\ntwo\u001B[2K red \u202Eback';
  const table = renderTable(plain, [{ id: 'a', count: 1, text }], columns);
  expect(table.split('\n')).toHaveLength(2);
  expect(table).toContain(String.raw`one two\u001b[2K red \u202eback`);
  expect(manyLines(`${text}\r\nthree\t.`)).toBe('one\ntwo\\u001b[2K red \\u202eback\nthree  .');
});

test('fields line up, and those without a value are left out', () => {
  const fields = { status: 'pending', to: null, priority: 'high' };
  expect(renderFields(plain, fields)).toBe('status    pending\npriority  high');
});

test('a long field goes on beside its name', () => {
  expect(renderFields({ width: 40, colour: false }, { status: 'pending', context: 'word '.repeat(10).trim() })).toBe(
    ['status   pending', 'context  word word word word word word', '         word word word word'].join('\n'),
  );
});

test('cut text is never wider than asked for, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 40 }), (text, width) => {
      expect(stringWidth(cutTo(text, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test.each([
  [{ isTTY: true, columns: 100 }, {}, { width: 100, colour: true }],
  [{ isTTY: true, columns: 100 }, { NO_COLOR: '1' }, { width: 100, colour: false }],
  [{ isTTY: true, columns: 100 }, { TERM: 'dumb' }, { width: 100, colour: false }],
  [{}, {}, { width: null, colour: false }],
  [{}, { FORCE_COLOR: '1' }, { width: null, colour: true }],
  [{ isTTY: true, columns: 9 }, { FORCE_COLOR: '0' }, { width: 40, colour: false }],
])('%o with %o is %o', (stream, environment, expected) => {
  expect(terminalOf(stream, environment)).toEqual(expected);
});
