import { expect, it } from 'vitest';
import { evolve } from '../../../src/domain/evolve.ts';
import { Scenario } from '../../support/scenario.ts';

it('ids that a lost part of the journal gave out are not given out again', () => {
  const s = new Scenario();
  const first = s.queue('kept').task_id;
  const day = first.slice('task-'.length, -'-001'.length);
  evolve(
    s.state,
    {
      type: 'loss_accepted',
      kept: { seq: 1, hash: '0'.repeat(32) },
      lost_through: 9,
      reason: 'Corruption in journal/000001.jsonl, line 2.',
      tasks: [`task-${day}-007`],
      votes: [],
      last_ids: [`task-${day}-007`, `vote-${day}-002`],
      kept_in: 'lost/after-1',
    },
    { at: s.now, by: 'reuben' },
  );
  expect(s.queue('after it').task_id).toBe(`task-${day}-008`);
  expect(s.state.days.get(day)).toMatchObject({ vote: 2 });
  expect(s.state.tasks.get(first)?.status).toBe('pending');
});
