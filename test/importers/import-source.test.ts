/** Each importer on a backlog made for it (test/fixtures/backlogs): every field that is kept and every entry that is not, counted. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode } from '../../src/importers/decode.ts';
import type { Found, Source, System } from '../../src/importers/found.ts';
import { importSource } from '../../src/importers/import-source.ts';
import { recognise } from '../../src/importers/recognise.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

const options = {
  reopen: false,
  agents: new Set(['kimi', 'claude', 'copilot', 'ollama']),
  types: new Set(['implementation', 'research', 'review', 'testing', 'documentation', 'deployment']),
  people: new Set(['reuben']),
  checks: new Set<string>(),
  operator: 'reuben',
  now: '2026-03-10T00:00:00.000Z',
};

async function sourceOf(name: string): Promise<Source> {
  const place = join(fixtures, 'backlogs', name);
  if (/\.\w+$/.test(name)) {
    const decoded = decode(await readFile(place));
    if ('problem' in decoded) throw new Error(decoded.problem);
    return { kind: 'text', name, text: decoded.text };
  }
  const entries = await readdir(place, { withFileTypes: true, recursive: true });
  const files = new Map<string, string>();
  const paths = entries.filter((one) => one.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of paths.toSorted()) {
    files.set(file.slice(place.length + 1), await readFile(file, 'utf8'));
  }
  return { kind: 'folder', name, files };
}

async function bring(name: string): Promise<Found> {
  return await importSource(await sourceOf(name), null, options);
}

function byId({ tasks }: Found, id: string): Found['tasks'][number] {
  const task = tasks.find(({ source_id }) => source_id === id);
  if (task === undefined)
    throw new Error(`Expected a task ${id}, got ${tasks.map(({ source_id }) => source_id).join(', ')}`);
  return task;
}

function told(remarks: Found['left_out']): string[] {
  return remarks.map(({ about, what }) => `${about}: ${what}`).sort();
}

test('Backlog.md: tasks of all folders with their front matter, text and parts', async () => {
  const found = await bring('backlog-md');
  expect(found.system).toBe('backlog');
  expect(found.tasks.map(({ source_id }) => source_id).sort()).toEqual([
    'draft-1',
    'task-1',
    'task-1.1',
    'task-2',
    'task-3',
    'task-6',
  ]);
  expect(byId(found, 'task-1')).toMatchObject({
    description: expect.stringMatching(
      /^Parse the header: all of it\n\n## Description\n\nThe header has four fields\.\n\n## Acceptance Criteria\n- \[ \] #1 All four/,
    ),
    to_agent: 'kimi',
    priority: 'high',
    created_at: '2026-02-04T02:57:00.000Z',
    on_hold: false,
    finished: null,
    context: {
      source: {
        system: 'backlog',
        id: 'task-1',
        status: 'Offen',
        assignee: ['@kimi'],
        reporter: '@ann',
        labels: ['parser'],
        references: ['https://example.org/spec'],
        ordinal: 1000,
        priority: 'high',
      },
    },
  });
  expect(byId(found, 'task-1.1')).toMatchObject({
    depends_on: ['task-2'],
    context: { source: { parent: ['task-1'] } },
    notes: [{ text: 'In progress in backlog, with bob.' }],
  });
  expect(byId(found, 'task-2').finished).toEqual({
    status: 'completed',
    at: '2026-02-03T10:00:00.000Z',
    summary: 'Status Fertig',
  });
  expect(byId(found, 'task-3')).toMatchObject({
    on_hold: true,
    depends_on: ['task-1', 'task-99'],
    deadline: '2026-03-01T00:00:00.000Z',
    priority: 'normal',
  });
  expect(byId(found, 'task-6').finished).toMatchObject({ status: 'completed', at: '2025-01-01T00:00:00.000Z' });
  expect(byId(found, 'draft-1').on_hold).toBe(true);
  expect(told(found.left_out)).toEqual([
    'archive/tasks/task-7 - Dropped.md: archived there',
    'docs/doc-1.md: no task',
    'tasks/task-4 - Broken.md: front matter that is not YAML',
    'tasks/task-5 - Bare.md: no front matter between two lines of ---',
  ]);
  expect(told(found.adapted)).toEqual([
    'draft-1: a draft: on hold',
    'task-1.1: in progress there: pending here',
    'task-3: its due date has passed: kept in the context only',
    'task-3: priority "whenever" is not known: taken as normal',
    'task-3: status "Review": on hold',
  ]);
});

test('Task Master: tasks and subtasks of every tag, with what they need of each other', async () => {
  const found = await bring('tasks.json');
  expect(found.system).toBe('taskmaster');
  expect(found.tasks.map(({ source_id }) => source_id)).toEqual([
    '1',
    '2',
    '2.1',
    '2.2',
    '2.3',
    '3',
    '4',
    'web:1',
    'web:2',
  ]);
  expect(byId(found, '1')).toMatchObject({
    description: 'Set up\n\nThe repository.\n\nDetails:\nWith CI.\n\nTest strategy:\nCI is green.',
    priority: 'high',
    finished: { status: 'completed' },
  });
  // What has parts waits for them, and the parts for what it needs.
  expect(byId(found, '2')).toMatchObject({
    depends_on: ['1', '2.1', '2.2', '2.3'],
    context: { source: { complexityScore: 7, tag: 'master' } },
  });
  expect(byId(found, '2.2')).toMatchObject({ depends_on: ['2.1', '1'], context: { source: { parent: ['2'] } } });
  expect(byId(found, '2.3').depends_on).toEqual(['2.2', '1']);
  expect(byId(found, '3')).toMatchObject({ on_hold: true, priority: 'low', depends_on: ['2', '42'] });
  expect(byId(found, '4').finished).toMatchObject({ status: 'cancelled' });
  expect(byId(found, 'web:1').on_hold).toBe(true);
  expect(byId(found, 'web:2').depends_on).toEqual(['web:1']);
  expect(told(found.left_out)).toEqual(['master task 5: no id', 'master task 6: not a JSON object']);
  expect(told(found.adapted)).toEqual([
    '2.2: in progress there: pending here',
    '3: status "deferred": on hold',
    'web:1: status "review": on hold',
  ]);
});

test('GitHub: issues with labels, comments, milestones and blockers, of gh and of the API', async () => {
  const found = await bring('issues.json');
  expect(found.system).toBe('github');
  expect(byId(found, 'example/app#1')).toMatchObject({
    description: 'Crash on start\n\nIt crashes.',
    to_agent: 'kimi',
    type: 'implementation',
    priority: 'high',
    deadline: '2026-12-31T00:00:00.000Z',
    notes: [
      { by: 'bob', text: 'Here too.', at: '2026-01-02T00:00:00.000Z' },
      { by: 'ghost', text: 'And here.', at: '2026-01-03T00:00:00.000Z' },
    ],
    context: {
      source: {
        number: 1,
        labels: ['bug', 'priority: high'],
        assignees: ['kimi'],
        url: 'https://github.com/example/app/issues/1',
        author: { login: 'ann' },
        milestone: { title: '1.0' },
      },
    },
  });
  expect(byId(found, 'example/app#2')).toMatchObject({
    type: 'documentation',
    depends_on: ['example/app#1', 'example/app#3', 'example/app#9'],
  });
  expect(byId(found, 'example/app#3').finished).toMatchObject({ status: 'completed' });
  expect(byId(found, 'example/app#4').finished).toMatchObject({
    status: 'cancelled',
    summary: 'Closed as not-planned',
  });
  expect(byId(found, 'example/app#6')).toMatchObject({
    on_hold: true,
    priority: 'normal',
    context: { source: { parent: ['example/app#1'] } },
  });
  expect(byId(found, 'other/lib#7')).toMatchObject({ type: 'documentation', created_at: '2026-01-01T00:00:00.000Z' });
  expect(found.tasks).toHaveLength(6);
  expect(told(found.left_out)).toEqual([
    '#5: a pull request',
    'entry 8: no issue number',
    'other/lib#7: comments that are not in the file (add comments to --json)',
  ]);
  expect(told(found.adapted)).toEqual(['example/app#6: label "blocked": on hold']);
});

test('CSV: columns by their usual names, quoted cells, and what nobody knows in the context', async () => {
  const found = await bring('table.csv');
  expect(found.system).toBe('csv');
  expect(byId(found, 'A-1')).toMatchObject({
    description: 'Fix "it"; soon\n\nTwo\r\nlines',
    type: 'implementation',
    priority: 'critical',
    deadline: '2026-12-01T00:00:00.000Z',
    notes: [{ text: 'In progress in csv, with ann.' }],
    context: { source: { estimate: '3h', sprint: 'S1', assignee: 'ann', type: 'Bug', due: '2026-12-01' } },
  });
  expect(byId(found, 'A-2')).toMatchObject({ type: 'testing', to_agent: 'kimi', depends_on: ['A-1', 'A-9'] });
  expect(byId(found, 'A-3').finished).toMatchObject({ status: 'completed' });
  expect(byId(found, 'A-4')).toMatchObject({ on_hold: true, priority: 'low' });
  expect(byId(found, 'A-6').description).toBe('Formula\n\n=1+1');
  expect(found.tasks).toHaveLength(6);
  expect(told(found.left_out)).toEqual([
    'line 11: cells beyond the last column',
    'line 9: neither a title nor a description',
  ]);
  expect(told(found.adapted)).toEqual([
    'A-1: in progress there: pending here',
    'A-4: priority 7 is outside 0 to 4: taken as low',
    'A-4: status "Parked": on hold',
    'line 8: no id: known again by its text',
  ]);
});

test("the plan's folder: tasks, votes in YAML and JSON, outcomes, examples and rules", async () => {
  const found = await bring('phase4');
  expect(found.system).toBe('phase4');
  expect(byId(found, 'task-2026-02-06-001').finished).toEqual({
    status: 'completed',
    at: '2026-02-06T11:00:00.000Z',
    summary: 'docs/boundaries.md',
  });
  expect(byId(found, 'task-2026-02-06-002')).toMatchObject({
    to_agent: 'kimi',
    depends_on: ['task-2026-02-06-001', 'vote-2026-02-06-002'],
    context: { artifact_path: 'docs/boundaries.md', constraints: ['use_jwt'], source: { from_agent: 'claude' } },
  });
  expect(byId(found, 'task-2026-02-06-003').notes).toMatchObject([{ text: 'In progress in phase4, with copilot.' }]);
  expect(found.tasks).toHaveLength(3);
  expect(found.votes.map(({ source_id, status, choice }) => [source_id, status, choice])).toEqual([
    ['vote-2026-02-06-001', 'active', null],
    ['vote-2026-02-06-003', 'escalated', null],
    ['vote-2026-02-06-002', 'decided', 'python'],
  ]);
  const [active] = found.votes.filter(({ status }) => status === 'active');
  expect(active).toMatchObject({
    options: ['app-router', 'other'],
    context_url: 'docs/routing.md',
    deadline: '2030-02-06T18:00:00.000Z',
    quorum: 2,
  });
  expect(active?.ballots).toMatchObject([
    {
      agent: 'claude',
      revisions: [{ ballot: { choice: 'app-router', confidence: 850, reasoning: 'Better for server components' } }],
    },
  ]);
  expect(
    found.outcomes.map(({ agent, type, success, rework, duration_minutes }) => [
      agent,
      type,
      success,
      rework,
      duration_minutes,
    ]),
  ).toEqual([
    ['kimi', 'implementation', true, false, 21],
    ['claude', 'research', true, true, 40],
    ['kimi', 'implementation', true, false, 20],
    ['kimi', 'implementation', false, false, 20],
  ]);
  expect(found.examples.map(({ text, agent }) => [text, agent])).toEqual([
    ['Research OAuth2', 'claude'],
    ['Implement auth', 'kimi'],
    ['Draft the spec', 'ollama'],
    ['Plan the sprint', 'copilot'],
  ]);
  expect(found.rules).toEqual({
    scheduling: [
      {
        name: 'deploy-tested',
        when: { type: 'testing', agent: 'copilot', artifact: true },
        then: {
          type: 'deployment',
          to_agent: 'kimi',
          description: 'Deploy {description} from {artifact}',
          priority: 'high',
        },
      },
      {
        name: 'research-to-implementation',
        when: { type: 'research' },
        then: { type: 'implementation', to_agent: 'kimi', description: 'Implement {description}' },
      },
    ],
    routing: [
      { agent: 'claude', keyword: 'synthesize', weight: 0.95 },
      { agent: 'claude', keyword: 'whitepaper', weight: 0.85 },
    ],
    default_agent: 'copilot',
  });
  expect(found.left_out).toHaveLength(16);
  expect(found.adapted).toHaveLength(5);
});

test.each<[System | null, string, string]>([
  ['beads', 'x.jsonl', '{"id":"x-1","title":"a"}\n{"id":"x-2","title":"b"}'],
  ['beads', 'merged.jsonl', '<<<<<<< HEAD\n{"id":"x-1","title":"a"}'],
  ['beads', 'x.json', '[{"id":"x-1","title":"a","issue_type":"bug"}]'],
  ['github', 'x.json', '[{"number":1,"title":"a"}]'],
  ['taskmaster', 'x', '{"tasks":[]}'],
  ['phase4', 'federation-routing.json', '{"agents":{}}'],
  ['phase4', 'task-1.json', '{"task_id":"task-1","description":"a"}'],
  ['federation', 'x', '{"federation_export":1}\n{"task":{"task_id":"task-2026-01-01-001"}}'],
  ['csv', 'x.txt', 'Title\tStatus\nA\topen'],
  ['csv', 'x.csv', 'Title\nA'],
  [null, 'x.txt', 'Once upon a time, there was a file.'],
  [null, 'x.json', '{"hello": 1}'],
])('%s is recognised by what is in %s', (system, name, text) => {
  expect(recognise({ kind: 'text', name, text })).toBe(system);
});

test('text is read in UTF-8 and UTF-16, with a byte order mark or without, and what is none is refused', () => {
  const text = '{"id":"x-1","title":"Grüße"}';
  const le = Buffer.from(text, 'utf16le');
  const be = Buffer.from(le).swap16();
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(`\uFEFF${text}`),
    le,
    be,
    Buffer.from(`\uFEFF${text}`, 'utf16le'),
  ]) {
    expect(decode(bytes)).toEqual({ text, isExact: true });
  }
  expect(decode(Buffer.from([0x41, 0xff, 0x42]))).toEqual({ text: 'A\uFFFDB', isExact: false });
  expect(decode(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 0, 0]))).toHaveProperty('problem');
});

test('parts within parts, 2,000 deep, wait with the first of them', async () => {
  const text = Array.from({ length: 2_000 }, (_, n) =>
    JSON.stringify({
      id: `p-${n}`,
      title: 'x',
      status: n === 0 ? 'blocked' : 'open',
      parent: `p-${Math.max(0, n - 1)}`,
    }),
  ).join('\n');
  const { tasks } = await importSource({ kind: 'text', name: 'deep', text }, null, options);
  expect(tasks.at(-1)).toMatchObject({ on_hold: true });
});
