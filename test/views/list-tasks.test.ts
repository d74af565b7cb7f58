import { describe, expect, it, test } from 'vitest';
import { listTasks, type TaskFilter } from '../../src/views/list-tasks.ts';
import { Scenario } from '../support/scenario.ts';

function attendanceOf(s: Scenario) {
  return { now: s.now, config: s.config, present: () => s.present };
}

function ids(s: Scenario, filter: TaskFilter): string[] {
  return listTasks(s.state, attendanceOf(s), filter).items.map(({ description }) => description);
}

function later(s: Scenario, minutes: number): string {
  return new Date(Date.parse(s.now) + minutes * 60_000).toISOString();
}

/** One, Two, Three and Four, an hour apart. */
function four(): Scenario {
  const s = new Scenario();
  s.queue('One', { priority: 'high', deadline: later(s, 600) });
  s.pass(60);
  s.queue('Two', { deadline: later(s, 90) });
  s.pass(60);
  s.queue('Three', { priority: 'critical' });
  s.pass(60);
  s.queue('Four', { priority: 'high', deadline: later(s, 30) });
  return s;
}

describe('a list of tasks', () => {
  it('takes several statuses', () => {
    const s = four();
    s.run('reuben', 'cancel_task', { task_id: s.claim('kimi').task_id, reason: 'not now' });
    s.claim('kimi');
    expect(ids(s, { status: ['cancelled', 'in-progress'] })).toEqual(['Three', 'One']);
    expect(ids(s, { status: 'cancelled' })).toEqual(['Three']);
  });

  it('says how many there are, also where it looks at no more than a page', () => {
    const s = four();
    s.run('reuben', 'cancel_task', { task_id: s.claim('kimi').task_id, reason: 'not now' });
    const totals = (filter: TaskFilter) => listTasks(s.state, attendanceOf(s), { ...filter, limit: 1 }).total;
    expect(
      ([{}, { status: 'pending' }, { status: ['pending', 'cancelled'] }, { text: 'o' }] satisfies TaskFilter[]).map(
        totals,
      ),
    ).toEqual([4, 3, 4, 3]);
  });

  it('finds what is overdue, and what was queued longer ago', () => {
    const s = four();
    expect(ids(s, { overdue: true })).toEqual(['Two']);
    expect(ids(s, { before: later(s, -90) })).toEqual(['Two', 'One']);
    s.run('reuben', 'cancel_task', { task_id: 'task-2026-02-06-002', reason: 'too late' });
    expect(ids(s, { overdue: true })).toEqual([]);
  });

  it.each([
    ['newest', ['Four', 'Three', 'Two', 'One']],
    ['oldest', ['One', 'Two', 'Three', 'Four']],
    ['priority', ['Three', 'Four', 'One', 'Two']],
    ['deadline', ['Two', 'Four', 'One', 'Three']],
  ] as const)('comes in the order asked for: %s', (sort, order) => {
    expect(ids(four(), { sort })).toEqual(order);
  });

  it.each(['newest', 'oldest', 'priority', 'deadline'] as const)(
    'goes on behind the page before, also where its last task no longer belongs to the list: %s',
    (sort) => {
      const s = four();
      const all = ids(s, { sort });
      const filter = { sort, status: 'pending', limit: 2 } as const;
      const first = listTasks(s.state, attendanceOf(s), filter);
      const [, last] = first.items;
      s.run('reuben', 'cancel_task', { task_id: last?.task_id ?? '', reason: 'x' });
      expect(first.items.map(({ description }) => description)).toEqual(all.slice(0, 2));
      expect(ids(s, { ...filter, cursor: first.next_cursor })).toEqual(all.slice(2));
    },
  );
});

function page(s: Scenario, cursor?: string) {
  const attendance = { now: s.now, config: s.config, present: () => s.present };
  return listTasks(s.state, attendance, { ready: true, to_agent: 'kimi', limit: 2, cursor });
}

test('pages of what is ready go on where they ended, whatever was claimed between', () => {
  const s = new Scenario();
  const ids = [
    s.queue('a', { to_agent: 'kimi', priority: 'high' }),
    s.queue('b', { to_agent: 'kimi' }),
    s.queue('c', { type: 'testing' }),
    s.queue('d', { to_agent: 'kimi', priority: 'critical' }),
    s.queue('e', { to_agent: 'kimi' }),
    s.queue('f', { to_agent: 'kimi', priority: 'low' }),
  ].map(({ task_id }) => task_id);
  const [a, b, c, d, e, f] = ids;
  const first = page(s);
  expect(first.items.map(({ task_id }) => task_id)).toEqual([d, a]);
  // What ended the first page has gone, and so has what would begin the next one.
  s.claim('kimi', a);
  s.claim('kimi', b);
  const second = page(s, first.next_cursor);
  expect(second.items.map(({ task_id }) => task_id)).toEqual([e, c]);
  const third = page(s, second.next_cursor);
  expect(third.items.map(({ task_id }) => task_id)).toEqual([f]);
  expect(third.next_cursor).toBeUndefined();
});

test('a cursor of another list is refused', () => {
  const s = new Scenario();
  for (let n = 0; n < 3; n++) s.queue(`t${n}`);
  const attendance = { now: s.now, config: s.config, present: () => s.present };
  const { next_cursor } = listTasks(s.state, attendance, { limit: 2 });
  expect(() => page(s, next_cursor)).toThrow(/cursor/);
  expect(() => page(s, '!!')).toThrow(/cursor/);
});
