import { expect, test } from 'vitest';
import { renderRecords } from '../../src/cli/render/render-record.ts';
import { renderTask } from '../../src/cli/render/render-task-in-full.ts';
import { listedBrief, renderTasks } from '../../src/cli/render/render-task-list.ts';
import { renderTaskResult } from '../../src/cli/render/render-task.ts';
import { plain } from '../../src/cli/terminal.ts';

const brief = {
  task_id: 'task-2026-02-06-002',
  status: 'pending',
  type: 'review',
  priority: 'high',
  to_agent: null,
  waiting_for: ['task-2026-02-06-001', 'vote-2026-02-06-001'],
  description: 'Review the parser',
} as const;

const full = {
  ...brief,
  from_agent: 'claude',
  created_at: '2026-02-06T09:00:00.000Z',
  dependencies: [],
  attempt: 1,
  max_attempts: 3,
  progress: 0.4,
  held_by: 'kimi',
  lease: {
    claimed_at: '2026-02-06T10:00:00.000Z',
    expires_at: '2026-02-06T10:30:00.000Z',
    hold_until: '2026-02-06T14:00:00.000Z',
  },
  description: 'Review the parser\n\nAnd its tests.',
  context: { artifact_path: 'src/parser.ts' },
  history: [{ at: '2026-02-06T10:00:00.000Z', by: 'kimi', what: 'claimed' }],
} as const;

test('a page of tasks is a table, with how many more there are', () => {
  expect(renderTasks({ items: [listedBrief(brief)], total: 7, next_cursor: 'abc' }, plain)).toBe(
    [
      'ID                   STATUS   PRIORITY  TYPE    FOR     WAITS FOR               DESCRIPTION',
      'task-2026-02-06-002  waiting  high      review  anyone  task-2026-02-06-001 +1  Review the parser',
      '1 of 7 · --limit 100 · --cursor abc',
    ].join('\n'),
  );
});

test('an empty page says so', () => {
  expect(renderTasks({ items: [], total: 0 }, plain)).toBe('No tasks.');
});

test('one task shows who has it, its whole description and its history; in a pipe with whole ids and times', () => {
  const text = renderTask({ task: { ...full, status: 'in-progress', held_through: 'kimi-code' } }, plain);
  expect(text).toContain(
    'task-2026-02-06-002 · in progress · high · review\nReview the parser\n\nAnd its tests.\n\n' +
      '  held by    kimi (kimi-code), attempt 1 of 3, since 2026-02-06T10:00:00.000Z, until 2026-02-06T14:00:00.000Z\n',
  );
  expect(text).toMatch(/^ {2}progress +40%$/m);
  expect(text).toMatch(/^ {2}context +src\/parser\.ts$/m);
  expect(text).toContain('\n  2026-02-06T10:00:00.000Z  kimi  claimed');
});

test('what a tool did to a task is shown with what else happened', () => {
  const result = {
    task: { ...full, status: 'completed' },
    unblocked: ['task-2026-02-06-003'],
    follow_ups: [],
  } as const;
  expect(renderTaskResult(result, plain)).toBe(
    'task-2026-02-06-002 · completed · high · review → anyone\nReview the parser\nunblocked  task-2026-02-06-003',
  );
});

test('a claim shows what the task builds on', () => {
  const inputs = [{ id: 'task-2026-02-06-001', summary: 'Parser written', artifacts: ['src/parser.ts'] }];
  const text = renderTaskResult({ task: { ...full, status: 'in-progress' }, inputs }, plain);
  expect(text).toContain('attempt  1');
  expect(text).toContain('inputs\n  task-2026-02-06-001: Parser written (src/parser.ts)');
});

test('a task that judges other work says which, and what led to it', () => {
  const review = {
    ...full,
    status: 'in-progress',
    subject: 'task-2026-02-06-001',
    caused_by: { kind: 'rule', by: 'review-tested', task_id: 'task-2026-02-06-003', depth: 2 },
  } as const;
  const result = renderTaskResult({ task: review }, plain);
  expect(result).toMatch(/^caused by +rule review-tested, after task-2026-02-06-003$/m);
  const page = renderTask({ task: review }, plain);
  expect(page).toMatch(/^ {2}queued by +claude, \S+, because of task-2026-02-06-003 \(rule review-tested\)$/m);
  for (const text of [result, page]) expect(text).toMatch(/^ *judges +task-2026-02-06-001$/m);
});

test('a record is one line an event: when, who, what', () => {
  const record = {
    seq: 1,
    at: '2026-02-06T10:00:00.000Z',
    hash: '0'.repeat(32),
    commands: [
      {
        id: 'x',
        by: 'kimi',
        events: [
          { type: 'task_released', task_id: 'task-2026-02-06-001', attempt: 1, reason: 'Needs\na GPU', wait_for: [] },
          { type: 'federation_paused', reason: null },
        ],
      },
    ],
  } as const;
  expect(renderRecords([record], plain).split('\n')).toEqual([
    '2026-02-06T10:00:00.000Z  kimi      released task-2026-02-06-001: "Needs a GPU"',
    '2026-02-06T10:00:00.000Z  kimi      paused the federation',
  ]);
});

test('a record names the follow-ups that were kept, and what became of which', () => {
  const held_ids = ['task-2026-02-06-001/1/success/test-implementation'];
  const commands = [
    { id: 'c', by: 'reuben', events: [{ type: 'follow_ups_settled', held_ids, how: 'dropped' } as const] },
  ];
  expect(renderRecords([{ seq: 1, at: '2026-02-06T10:00:00.000Z', hash: 'h', commands }], plain)).toBe(
    '2026-02-06T10:00:00.000Z  reuben    dropped 1 kept follow-up: test-implementation after task-2026-02-06-001',
  );
});
