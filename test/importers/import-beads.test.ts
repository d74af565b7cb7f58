import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Found, ImportOptions } from '../../src/importers/found.ts';
import { importBeads } from '../../src/importers/import-beads.ts';

const backlog = await readFile(join(import.meta.dirname, '../fixtures/gastown/issues.jsonl'), 'utf8');

const usual: ImportOptions = {
  reopen: false,
  agents: new Set(['kimi', 'claude']),
  types: new Set(['implementation', 'research', 'review', 'testing', 'documentation']),
  operator: 'reuben',
  now: '2026-02-10T00:00:00.000Z',
};

function bring(source: string, options: Partial<ImportOptions> = {}): Found {
  return importBeads(source, { ...usual, ...options });
}

function issue(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id: 'x-1', title: 'Do it', created_at: '2026-02-06T10:00:00Z', ...fields });
}

function bringAll(...rows: readonly Readonly<Record<string, unknown>>[]): Found {
  return bring(rows.map((fields) => issue(fields)).join('\n'));
}

function byId({ tasks }: Found, id: string): Found['tasks'][number] {
  const task = tasks.find(({ source_id }) => source_id === id);
  if (task === undefined) throw new Error(`Expected a task ${id}, got none`);
  return task;
}

function only(fields: Readonly<Record<string, unknown>>): Found['tasks'][number] {
  return byId(bringAll(fields), 'x-1');
}

function blocks(id: string, type = 'blocks', more: Readonly<Record<string, unknown>> = {}) {
  return { depends_on_id: id, type, ...more };
}

test('the real backlog comes over whole, but for records that are no work', () => {
  const { tasks, left_out, adapted } = bring(backlog);
  expect(tasks).toHaveLength(649);
  expect(left_out.filter(({ what }) => what === 'no work: agent')).toHaveLength(27);
  expect(left_out.filter(({ what }) => what === 'no work: convoy')).toEqual([
    { about: 'gt-qdia9', what: 'no work: convoy' },
  ]);
  expect(left_out).toHaveLength(28);
  expect(adapted.map(({ what }) => what)).toEqual(['status "pinned": on hold', 'status "hooked": on hold']);
  expect(tasks.filter((task) => task.finished !== null)).toHaveLength(642);
  expect(tasks.filter((task) => task.on_hold === true)).toHaveLength(2);
  expect(tasks.filter((task) => task.type === 'implementation')).toHaveLength(191);
  expect(tasks.filter((task) => task.type === null)).toHaveLength(458);
  const ids = new Set(tasks.map((task) => task.source_id));
  const targets = tasks.flatMap((task) => task.depends_on);
  expect(targets).toHaveLength(259);
  expect(targets.filter((id) => !ids.has(id))).toHaveLength(204);
  const parents = tasks.flatMap(({ context }) => JSON.stringify(context).match(/"parent":\["/g) ?? []);
  expect(parents).toHaveLength(54);
  // Titles that look like options or commands are titles.
  expect(tasks.map((task) => task.description)).toEqual(expect.arrayContaining(['--help', 'list']));
  expect(bring(backlog, { reopen: true }).tasks.filter((task) => task.finished !== null)).toEqual([]);
});

test('every field of an issue is kept, and what there is no field for stands in the context', () => {
  const task = only({
    title: 'Do it',
    description: 'Because.',
    design: 'So.',
    acceptance_criteria: 'It runs.',
    notes: 'Mind this.',
    issue_type: 'feature',
    priority: 1,
    assignee: 'nux',
    labels: ['zfc'],
    due_at: '2026-03-01T12:00:00+01:00',
    defer_until: '2026-02-20T00:00:00Z',
    estimated_minutes: 90,
    external_ref: 'gh-12',
    metadata: { team: 'a' },
    sender: 'mayor',
    comments: [
      { id: 2, author: 'bob', text: 'Second', created_at: '2026-02-08T00:00:00Z' },
      { id: 1, author: 'ann', text: `First ${'x'.repeat(2_500)}`, created_at: '2026-02-07T00:00:00Z' },
    ],
    dependencies: [
      blocks('x-5'),
      blocks('x-5'),
      blocks('x-2', 'parent-child'),
      blocks('x-3', 'related'),
      blocks('x-4', 'discovered-from'),
    ],
  });
  expect(task).toMatchObject({
    description: 'Do it\n\nBecause.\n\nDesign:\nSo.\n\nAcceptance criteria:\nIt runs.\n\nNotes:\nMind this.',
    type: 'implementation',
    priority: 'high',
    to_agent: null,
    depends_on: ['x-5'],
    deadline: '2026-03-01T11:00:00.000Z',
    not_before: '2026-02-20T00:00:00.000Z',
    context: {
      source: {
        system: 'beads',
        id: 'x-1',
        issue_type: 'feature',
        priority: 1,
        assignee: 'nux',
        labels: ['zfc'],
        estimated_minutes: 90,
        external_ref: 'gh-12',
        due_at: '2026-03-01T12:00:00+01:00',
        metadata: { team: 'a' },
        sender: 'mayor',
        parent: ['x-2'],
        related: ['x-3'],
        discovered_from: ['x-4'],
      },
    },
  });
  expect(task.notes?.map(({ by, text }) => [by, text.length])).toEqual([
    ['ann', 2_000],
    ['ann', 506],
    ['bob', 6],
  ]);
});

test.each([
  [
    { status: 'closed', closed_at: '2026-02-07T01:00:00+02:00', close_reason: 'Merged' },
    'completed',
    '2026-02-06T23:00:00.000Z',
  ],
  [{ status: 'done', updated_at: '2026-02-08T00:00:00Z' }, 'completed', '2026-02-08T00:00:00.000Z'],
  [{ status: 'resolved' }, 'completed', '2026-02-06T10:00:00.000Z'],
  [{ status: 'open', closed_at: '2026-02-07T00:00:00Z' }, 'completed', '2026-02-07T00:00:00.000Z'],
  [{ status: 'mystery', closed_at: '2026-02-07T00:00:00Z' }, 'completed', '2026-02-07T00:00:00.000Z'],
  [{ status: 'cancelled' }, 'cancelled', '2026-02-06T10:00:00.000Z'],
])('%j is over', (fields, status, at) => {
  expect(only(fields).finished).toMatchObject({ status, at });
});

test.each(['blocked', 'deferred', 'pinned', 'hooked', 'Waiting for Legal'])(
  'status %s is on hold, and counted by its name',
  (status) => {
    const found = bringAll({ status });
    expect(byId(found, 'x-1')).toMatchObject({ on_hold: true, finished: null });
    expect(found.adapted).toEqual([{ about: 'x-1', what: `status ${JSON.stringify(status)}: on hold` }]);
  },
);

test('what is in progress there is pending here, with who had it', () => {
  const task = only({ status: 'in_progress', assignee: 'nux' });
  expect(task).toMatchObject({ on_hold: false, finished: null });
  expect(task.notes).toEqual([
    { at: '2026-02-06T10:00:00.000Z', by: 'beads', text: 'In progress in beads, with nux.' },
  ]);
});

test('what is deferred until a date waits for the date and for nothing else', () => {
  expect(only({ status: 'deferred', defer_until: '2026-05-01' })).toMatchObject({
    on_hold: false,
    not_before: '2026-05-01T00:00:00.000Z',
  });
});

test.each(['tombstone', 'deleted'])('%s issues are left out and counted', (status) => {
  const found = bringAll({ status });
  expect(found).toMatchObject({ tasks: [], deleted: ['x-1'], left_out: [{ about: 'x-1', what: 'deleted there' }] });
});

test('every kind of blocker holds back what the source says is blocked', () => {
  const found = bringAll(
    { id: 'gate', issue_type: 'gate', title: 'CI is green' },
    { id: 'decision', issue_type: 'decision', title: 'Which store?' },
    { id: 'after-gate', dependencies: [blocks('gate'), blocks('decision')] },
    { id: 'story', issue_type: 'story' },
    { id: 'after-story', dependencies: [blocks('story')] },
    { id: 'spawner', issue_type: 'epic' },
    { id: 'child-open', dependencies: [blocks('spawner', 'parent-child')] },
    { id: 'child-done', status: 'closed', dependencies: [blocks('spawner', 'parent-child')] },
    { id: 'waits-all', dependencies: [blocks('spawner', 'waits-for')] },
    { id: 'waits-any', dependencies: [blocks('spawner', 'waits-for', { metadata: { gate: 'any-children' } })] },
    { id: 'waits-one', dependencies: [blocks('story', 'waits-for')] },
    { id: 'if-fails', dependencies: [blocks('story', 'conditional-blocks')] },
    { id: 'failed', status: 'closed', close_reason: 'Rejected' },
    { id: 'if-failed', dependencies: [blocks('failed', 'conditional-blocks')] },
    { id: 'if-did-not', dependencies: [blocks('child-done', 'conditional-blocks')] },
    { id: 'abroad', dependencies: [blocks('external:other:cap')] },
    { id: 'waits-for-slot', dependencies: [blocks('slot')] },
    { id: 'slot', issue_type: 'slot' },
  );
  const waits = (id: string) => byId(found, id).depends_on;
  const held = (id: string) => byId(found, id).on_hold;
  expect(byId(found, 'gate')).toMatchObject({ to_agent: 'reuben', type: null });
  expect(byId(found, 'decision').to_agent).toBe('reuben');
  expect(waits('after-gate')).toEqual(['gate', 'decision']);
  expect(byId(found, 'story').type).toBe('implementation');
  expect(waits('after-story')).toEqual(['story']);
  expect(waits('waits-all')).toEqual(['child-open']);
  expect(waits('waits-any')).toEqual([]);
  expect(waits('waits-one')).toEqual(['story']);
  expect([waits('if-fails'), held('if-fails')]).toEqual([['story'], true]);
  expect([waits('if-failed'), held('if-failed')]).toEqual([[], false]);
  expect(held('if-did-not')).toBe(true);
  expect([waits('abroad'), held('abroad')]).toEqual([[], true]);
  // What is no work is kept where work waits for it.
  expect(held('slot')).toBe(true);
  expect(waits('waits-for-slot')).toEqual(['slot']);
  expect(found.left_out).toEqual([]);
});

test('a part of what is blocked, on hold or deferred waits with it', () => {
  const found = bringAll(
    { id: 'first' },
    { id: 'epic', issue_type: 'epic', dependencies: [blocks('first'), blocks('part')] },
    { id: 'part', dependencies: [blocks('epic', 'parent-child')] },
    { id: 'part-of-part', dependencies: [blocks('part', 'parent-child')] },
    { id: 'held', issue_type: 'epic', status: 'blocked' },
    { id: 'in-held', parent: 'held' },
    { id: 'later', issue_type: 'epic', defer_until: '2026-06-01' },
    { id: 'in-later', dependencies: [blocks('later', 'parent-child')] },
    { id: 'round-1', dependencies: [blocks('round-2', 'parent-child')] },
    { id: 'round-2', dependencies: [blocks('round-1', 'parent-child')] },
  );
  // Not on itself, though its epic waits for it.
  expect(byId(found, 'part').depends_on).toEqual(['first']);
  expect(byId(found, 'part-of-part').depends_on).toEqual(['first']);
  expect(byId(found, 'in-held').on_hold).toBe(true);
  expect(byId(found, 'in-later').not_before).toBe('2026-06-01T00:00:00.000Z');
  expect(found.tasks).toHaveLength(10);
});

test.each([
  [0, 'critical'],
  [1, 'high'],
  [2, 'normal'],
  [3, 'low'],
  [4, 'low'],
  [undefined, 'normal'],
  ['P0', 'critical'],
  ['urgent', 'critical'],
])('priority %s is %s', (priority, expected) => {
  expect(bringAll({ priority })).toMatchObject({ tasks: [{ priority: expected }], adapted: [] });
});

test.each([
  [9, 'low', 'priority 9 is outside 0 to 4: taken as low'],
  [-1, 'critical', 'priority -1 is outside 0 to 4: taken as critical'],
  ['soon', 'normal', 'priority "soon" is not known: taken as normal'],
])('priority %s is taken as %s, and said', (priority, expected, what) => {
  expect(bringAll({ priority })).toMatchObject({ tasks: [{ priority: expected }], adapted: [{ about: 'x-1', what }] });
});

test.each([
  ['bug', 'implementation'],
  ['docs', 'documentation'],
  ['spike', 'research'],
  ['testing', 'testing'],
  ['epic', null],
])('an issue of type %s becomes a task of type %s', (issue_type, expected) => {
  expect(bringAll({ issue_type })).toMatchObject({ tasks: [{ type: expected }], adapted: [] });
});

test('a type that nobody here does is work for whoever fits, and said', () => {
  expect(bringAll({ issue_type: 'Incident Report' })).toMatchObject({
    tasks: [{ type: null, context: { source: { issue_type: 'Incident Report' } } }],
    adapted: [{ what: 'type "incident-report" is done by no agent here: for whoever fits' }],
  });
});

test('of two rows with one id the newer counts, whichever comes first', () => {
  const [old, fresh] = [
    { title: 'Old', updated_at: '2026-02-07T00:00:00Z' },
    { title: 'New', updated_at: '2026-02-08T00:00:00Z' },
  ];
  for (const rows of [
    [old, fresh],
    [fresh, old],
  ]) {
    const found = bringAll(...rows);
    expect(found.tasks.map(({ description }) => description)).toEqual(['New']);
    expect(found.left_out).toEqual([
      { about: `line ${rows.indexOf(old) + 1} (x-1)`, what: 'an older row of the same id' },
    ]);
  }
});

test('an issue assigned to an agent of the roster is addressed to it', () => {
  const found = bringAll({ assignee: 'kimi' }, { id: 'x-2', assignee: 'somebody' });
  expect(found.tasks.map((task) => task.to_agent)).toEqual(['kimi', null]);
});

test('broken lines are left out by number, and nothing else is dropped', () => {
  const lines = [
    issue(),
    '<<<<<<< HEAD',
    '',
    issue({ id: '' }),
    '[]',
    issue({ id: 'x-3', created_at: 'yesterday' }),
    issue({ id: 'x-4', title: '' }),
    issue({ id: 'x-5', description: 'y'.repeat(40_000) }),
    issue({ id: 'x-6', metadata: { big: 'z'.repeat(70_000) } }),
  ];
  const { tasks, left_out, adapted } = bring(lines.join('\r\n'));
  expect(tasks.map((task) => task.source_id)).toEqual(['x-1', 'x-3', 'x-4', 'x-5', 'x-6']);
  expect(left_out).toEqual([
    { about: 'line 2', what: 'not a JSON object' },
    { about: 'line 5', what: 'not a JSON object' },
    { about: 'line 4', what: 'no id' },
  ]);
  expect(adapted.map(({ about }) => about)).toEqual(['x-3', 'x-5', 'x-6']);
  expect(tasks[2]?.description).toBe('x-4');
});

test('a list instead of lines is read, and names that objects inherit are ids like any other', () => {
  const rows = [issue({ id: '__proto__' }), issue({ id: 'x-2', issue_type: 'constructor' })];
  expect(bring(`[${rows.join(',\n')}]`).tasks.map(({ source_id }) => source_id)).toEqual(['__proto__', 'x-2']);
});
