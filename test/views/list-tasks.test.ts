import { expect, test } from 'vitest';
import { listTasks } from '../../src/views/list-tasks.ts';
import { Scenario } from '../support/scenario.ts';

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
