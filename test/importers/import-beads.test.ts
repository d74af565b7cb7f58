import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importBeads } from '../../src/importers/import-beads.ts';

const backlog = await readFile(join(import.meta.dirname, '../fixtures/gastown/issues.jsonl'), 'utf8');

function issue(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id: 'x-1', title: 'Do it', created_at: '2026-02-06T10:00:00Z', ...fields });
}

function only(...lines: string[]): ReturnType<typeof importBeads>['tasks'][number] {
  const [task, ...rest] = importBeads(lines.join('\n')).tasks;
  expect(rest).toEqual([]);
  if (task === undefined) throw new Error('Expected one task, got none');
  return task;
}

test('the real backlog comes over whole, but for records that are no work', () => {
  const { tasks, skipped, problems } = importBeads(backlog);
  expect(tasks).toHaveLength(649);
  expect(skipped).toEqual({ agent: 27, convoy: 1 });
  expect(problems).toEqual([]);
  expect(tasks.filter((task) => task.finished !== null)).toHaveLength(642);
  expect(tasks.filter((task) => task.type === 'implementation')).toHaveLength(191);
  expect(tasks.filter((task) => task.type === null)).toHaveLength(458);
});

test('only the links that block become dependencies', () => {
  const { tasks } = importBeads(backlog);
  expect(tasks.flatMap((task) => task.depends_on)).toHaveLength(259);
  const ids = new Set(tasks.map((task) => task.source_id));
  expect(tasks.flatMap((task) => task.depends_on).filter((id) => !ids.has(id))).toHaveLength(204);
});

test('titles that look like options or commands are kept', () => {
  const titles = importBeads(backlog).tasks.map((task) => task.description);
  expect(titles.filter((title) => title === '--help').length).toBeGreaterThan(0);
  expect(titles).toContain('list');
});

test('reopened, the whole backlog is to be done', () => {
  expect(importBeads(backlog, { reopen: true }).tasks.filter((task) => task.finished !== null)).toEqual([]);
});

test('title, description, design, criteria and notes make one description', () => {
  const line = issue({ description: 'Because.', design: 'So.', acceptance_criteria: 'It runs.', notes: ' ' });
  expect(only(line).description).toBe('Do it\n\nBecause.\n\nDesign:\nSo.\n\nAcceptance criteria:\nIt runs.');
});

test('an issue without any text is described by its id', () => {
  expect(only(issue({ title: '' })).description).toBe('x-1');
});

test.each([
  [0, 'critical'],
  [1, 'high'],
  [2, 'normal'],
  [3, 'low'],
  [4, 'low'],
  [undefined, 'normal'],
])('priority %s is %s', (priority, expected) => {
  expect(only(issue({ priority })).priority).toBe(expected);
});

test.each([
  ['bug', 'implementation'],
  ['docs', 'documentation'],
  ['spike', 'research'],
  ['epic', null],
])('an issue of type %s becomes a task of type %s', (issueType, expected) => {
  expect(only(issue({ issue_type: issueType })).type).toBe(expected);
});

test.each(['open', 'in_progress', 'hooked', 'pinned', 'blocked'])('an issue that is %s is to be done', (status) => {
  expect(only(issue({ status })).finished).toBeNull();
});

test('a closed issue is completed when and why it was closed', () => {
  const line = issue({ status: 'closed', closed_at: '2026-02-07T01:00:00+02:00', close_reason: 'Merged' });
  expect(only(line).finished).toEqual({ status: 'completed', at: '2026-02-06T23:00:00.000Z', summary: 'Merged' });
});

test('a closed issue without reason or time is completed when it last changed', () => {
  const line = issue({ status: 'closed', updated_at: '2026-02-08T00:00:00Z' });
  expect(only(line).finished).toEqual({ status: 'completed', at: '2026-02-08T00:00:00.000Z', summary: 'Closed' });
});

test('links that do not block are told in the context', () => {
  const dependencies = [
    { depends_on_id: 'x-2', type: 'parent-child' },
    { depends_on_id: 'x-3', type: 'related' },
    { depends_on_id: 'x-4', type: 'discovered-from' },
    { depends_on_id: 'x-5', type: 'blocks' },
    { depends_on_id: 'x-5', type: 'blocks' },
  ];
  const task = only(issue({ dependencies, labels: ['zfc'], assignee: 'gastown/polecats/nux' }));
  expect(task.depends_on).toEqual(['x-5']);
  expect(task.context).toEqual({
    beads: {
      id: 'x-1',
      issue_type: 'task',
      assignee: 'gastown/polecats/nux',
      labels: ['zfc'],
      parent: ['x-2'],
      related: ['x-3'],
      discovered_from: ['x-4'],
    },
  });
});

test('an issue assigned to an agent of the roster is addressed to it', () => {
  const agents = new Set(['kimi']);
  const lines = [issue({ assignee: 'kimi' }), issue({ id: 'x-2', assignee: 'somebody' })].join('\n');
  expect(importBeads(lines, { agents }).tasks.map((task) => task.to_agent)).toEqual(['kimi', null]);
});

test('deleted issues are skipped and counted', () => {
  expect(importBeads(issue({ status: 'tombstone' }))).toEqual({ tasks: [], skipped: { tombstone: 1 }, problems: [] });
});

test('broken lines are reported by number and the rest is used', () => {
  const lines = [
    issue(),
    '<<<<<<< HEAD',
    '',
    issue({ id: '' }),
    '[]',
    issue({ id: 'x-2', priority: 9 }),
    issue({ title: 'Again' }),
    issue({ id: 'x-3', created_at: 'yesterday' }),
    issue({ id: 'x-4' }),
  ];
  const { tasks, problems } = importBeads(lines.join('\r\n'));
  expect(tasks.map((task) => task.source_id)).toEqual(['x-1', 'x-4']);
  expect(problems).toEqual([
    { line: 2, message: 'not a JSON object' },
    { line: 4, message: expect.stringMatching(/^id: /) },
    { line: 5, message: expect.stringMatching(/^the line: /) },
    { line: 6, message: expect.stringMatching(/^priority: /) },
    { line: 7, message: 'duplicate id "x-1", first on line 1' },
    { line: 8, message: expect.stringMatching(/^created_at: /) },
  ]);
});

test('names that objects inherit are ids like any other', () => {
  expect(only(issue({ id: '__proto__', issue_type: 'task' })).source_id).toBe('__proto__');
  expect(importBeads(issue({ issue_type: 'constructor' })).skipped).toEqual({ constructor: 1 });
});

test('an empty file gives nothing', () => {
  expect(importBeads('')).toEqual({ tasks: [], skipped: {}, problems: [] });
});
