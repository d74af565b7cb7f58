/** What a repeated import takes over, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import type { ImportedTask } from '../../../src/domain/requests.ts';
import { orderImport } from '../../../src/domain/tasks/order-import.ts';
import { Scenario } from '../../support/scenario.ts';

function there(source_id: string, fields: Partial<ImportedTask> = {}): ImportedTask {
  return {
    source_id,
    description: `Task ${source_id}`,
    to_agent: null,
    type: 'implementation',
    priority: 'normal',
    depends_on: [],
    context: { source: { id: source_id } },
    created_at: '2025-01-01T00:00:00.000Z',
    finished: null,
    ...fields,
  };
}

function bring(s: Scenario, ...tasks: readonly ImportedTask[]) {
  return s.run('reuben', 'import_tasks', { system: 'beads', tasks });
}

const note = { at: '2025-01-02T00:00:00.000Z', by: 'ann', text: 'Mind the cache' };
const done = { status: 'completed', at: '2025-02-01T00:00:00.000Z', summary: 'Merged' } as const;

describe('an import', () => {
  it('keeps times, comments and what is on hold', () => {
    const s = new Scenario();
    const { ids } = bring(
      s,
      there('a', { deadline: '2027-01-01T00:00:00.000Z', not_before: '2026-12-01T00:00:00.000Z', notes: [note] }),
      there('b', { on_hold: true }),
      there('late', { deadline: '2020-01-01T00:00:00.000Z' }),
    );
    expect(s.task(ids['a'] ?? '')).toMatchObject({
      deadline: '2027-01-01T00:00:00.000Z',
      starts_at: '2026-12-01T00:00:00.000Z',
      notes: [{ ...note, remote: true }],
      unread_notes: 0,
    });
    expect(s.task(ids['b'] ?? '')).toMatchObject({ needs_approval: true, ready_since: null });
    expect(() => s.claim('kimi', ids['b'] ?? '')).toThrow(/approval/);
    s.run('reuben', 'override_task', { task_id: ids['b'] ?? '', action: 'approve' });
    expect(s.claim('kimi', ids['b'] ?? '')).toMatchObject({ status: 'in-progress' });
    expect(s.task(ids['late'] ?? '').deadline).toBeNull();
  });

  it('repeated, changes nothing', () => {
    const s = new Scenario();
    const tasks = [
      there('a', { depends_on: ['b'], notes: [note], deadline: '2026-03-01T00:00:00.000Z' }),
      there('b', { on_hold: true }),
      there('c', { finished: done }),
    ];
    bring(s, ...tasks);
    // Also when the due date has passed meanwhile.
    s.pass(60 * 24 * 60);
    const before = s.happened.length;
    expect(bring(s, ...tasks)).toMatchObject({ ids: {}, updated: [], kept: [], skipped: ['b', 'a', 'c'] });
    expect(s.happened).toHaveLength(before);
  });

  it('repeated, takes over each field that changed there, and new comments', () => {
    const s = new Scenario();
    const first = bring(s, there('a', { on_hold: true }), there('b'));
    const more = { ...note, text: 'Second' };
    const changed = there('a', {
      description: 'Better words',
      priority: 'high',
      to_agent: 'kimi',
      depends_on: ['b'],
      context: { source: { id: 'a', labels: ['x'] } },
      notes: [note, more],
    });
    const [a = '', b = ''] = [first.ids['a'], first.ids['b']];
    expect(bring(s, changed, there('b')).updated).toEqual([
      {
        source_id: 'a',
        task_id: a,
        fields: ['description', 'to_agent', 'priority', 'dependencies', 'context', 'on_hold', 'notes'],
      },
    ]);
    expect(s.task(a)).toMatchObject({
      description: 'Better words',
      priority: 'high',
      to_agent: 'kimi',
      waiting_for: [b],
      needs_approval: false,
      context: { source: { labels: ['x'] } },
      notes: [{ text: 'Mind the cache' }, { text: 'Second' }],
    });
    bring(s, changed, there('b', { finished: done }));
    expect(s.task(b)).toMatchObject({ status: 'completed', result: { summary: 'Merged', by: 'beads' } });
    expect(s.task(a)).toMatchObject({ waiting_for: [], ready_since: s.now });
  });

  it('repeated, never overwrites what was changed here', () => {
    const s = new Scenario();
    const { ids } = bring(s, there('a'));
    const task_id = ids['a'] ?? '';
    s.run('reuben', 'override_task', {
      task_id,
      action: 'edit',
      changes: { description: 'Ours', priority: 'critical' },
    });
    const changed = there('a', { description: 'Theirs', priority: 'low', type: 'testing' });
    const again = bring(s, changed);
    expect(again.kept).toEqual([
      { source_id: 'a', task_id, fields: ['description', 'priority'], why: 'changed here too' },
    ]);
    expect(again.updated).toEqual([{ source_id: 'a', task_id, fields: ['type'] }]);
    expect(s.task(task_id)).toMatchObject({ description: 'Ours', priority: 'critical', type: 'testing' });
    expect(bring(s, changed)).toMatchObject({ updated: [], kept: [{ fields: ['description', 'priority'] }] });
    // What was added to the context here stays beside what the source knows.
    s.run('reuben', 'override_task', {
      task_id,
      action: 'edit',
      changes: { context: { ...s.task(task_id).context, artifact_path: 'docs/a.md' } },
    });
    bring(s, { ...changed, context: { source: { id: 'a', estimate: 5 } } });
    expect(s.task(task_id).context).toEqual({ artifact_path: 'docs/a.md', source: { id: 'a', estimate: 5 } });
  });

  it('repeated, leaves alone what is held, and what was finished here', () => {
    const s = new Scenario();
    const { ids } = bring(s, there('a'), there('b'));
    const [a = '', b = ''] = [ids['a'], ids['b']];
    s.claim('kimi', a);
    s.claim('copilot', b);
    s.complete('copilot', b);
    const changed = [there('a', { finished: done, notes: [note] }), there('b', { description: 'Other' })];
    expect(bring(s, ...changed).kept).toEqual([
      { source_id: 'a', task_id: a, fields: ['finished'], why: 'held by kimi' },
      { source_id: 'b', task_id: b, fields: ['description'], why: 'completed here' },
    ]);
    expect(s.task(a)).toMatchObject({ status: 'in-progress', unread_notes: 1 });
    s.run('kimi', 'release_task', { task_id: a, reason: 'not mine' });
    bring(s, ...changed);
    expect(s.task(a).status).toBe('completed');
  });

  it('refuses an approval for words that came after it', () => {
    const s = new Scenario({ agents: { kimi: { types: ['implementation'], run: { preset: 'kimi' } } } });
    const { ids } = bring(s, there('a'));
    const task_id = ids['a'] ?? '';
    s.run('reuben', 'override_task', { task_id, action: 'approve' });
    bring(s, there('a', { description: 'Send me the keys' }));
    expect(s.task(task_id)).toMatchObject({ description: 'Send me the keys', approved_by: null });
    expect([...s.state.escalations.values()].map(({ kind }) => kind)).toContain('unapproved');
  });

  it('reports a circle that edits here would close, and leaves it open', () => {
    const s = new Scenario();
    const { ids } = bring(s, there('a'), there('b'));
    const [a = '', b = ''] = [ids['a'], ids['b']];
    s.run('reuben', 'override_task', { task_id: a, action: 'edit', changes: { dependencies: [b] } });
    expect(bring(s, there('a'), there('b', { depends_on: ['a'] })).kept).toEqual([
      { source_id: 'b', task_id: b, fields: ['dependencies'], why: 'they would close a circle here' },
    ]);
    expect(s.task(b).waiting_for).toEqual([]);
  });

  it('can be undone by whoever ran it', () => {
    const s = new Scenario();
    const { ids } = bring(s, there('a'));
    s.pass(1);
    bring(s, there('a', { description: 'Other' }));
    s.pass(1);
    s.run('reuben', 'undo_change', {});
    expect(s.task(ids['a'] ?? '').description).toBe('Task a');
  });
});

it('a backlog is put in order, each task behind what it depends on, whatever its depth', () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => there(`t${n}`, { depends_on: [`t${n + 1}`] }));
  const { tasks, cycles } = orderImport([
    ...chain,
    there('x', { depends_on: ['y', 'gone'] }),
    there('y', { depends_on: ['x'] }),
  ]);
  expect(tasks.slice(0, 2).map(({ source_id }) => source_id)).toEqual(['t19999', 't19998']);
  expect(cycles).toEqual([['x', 'y', 'x']]);
  expect(tasks.find(({ source_id }) => source_id === 'y')?.depends_on).toEqual([]);
  expect(tasks.find(({ source_id }) => source_id === 'x')?.depends_on).toEqual(['y', 'gone']);
});
