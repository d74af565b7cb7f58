import { describe, expect, it } from 'vitest';
import { actionsFor } from '../../../src/domain/scheduling/inbox.ts';
import { unknownType } from '../../../src/domain/tasks/unknown-type.ts';
import { Scenario } from '../../support/scenario.ts';

function itemIn(s: Scenario) {
  const items = [...s.state.escalations.values()].filter(({ kind }) => kind === 'unclaimed');
  expect(items.length).toBeLessThanOrEqual(1);
  return items[0];
}

describe('ready work that nobody who was seen may take', () => {
  it('is one question after half an hour, whatever the reason', () => {
    const s = new Scenario();
    s.present = new Set(['kimi']);
    const type = s.queue('paint it', { type: 'painting' });
    const away = s.queue('summarise', { to_agent: 'ollama' });
    s.queue('test it', { type: 'testing' });
    s.pass(29);
    expect(itemIn(s)).toBeUndefined();
    s.pass(2);
    expect(itemIn(s)).toMatchObject({
      title: '2 tasks are ready, but no agent that was seen may take them',
      task_ids: expect.arrayContaining([type.task_id, away.task_id]),
    });
  });

  it('joins the question that is open, and leaves it', () => {
    const s = new Scenario();
    s.present = new Set(['kimi']);
    const first = s.queue('paint it', { type: 'painting' });
    s.pass(10);
    const second = s.queue('summarise', { to_agent: 'ollama' });
    s.pass(21);
    expect(itemIn(s)?.task_ids).toEqual([first.task_id]);
    s.pass(10);
    expect(itemIn(s)?.task_ids).toEqual([first.task_id, second.task_id]);
    s.present = new Set(['kimi', 'ollama']);
    s.pass(1);
    expect(itemIn(s)?.task_ids).toEqual([first.task_id]);
    s.run('reuben', 'cancel_task', { task_id: first.task_id, reason: 'no' });
    s.pass(1);
    expect(itemIn(s)).toBeUndefined();
  });

  it('is answered for all of it at once, and asked about again half an hour later if that did not help', () => {
    const s = new Scenario();
    s.present = new Set(['kimi']);
    const ids = ['sky', 'sea'].map((what) => s.queue(`paint the ${what}`, { type: 'painting' }).task_id);
    s.pass(31);
    const item = itemIn(s);
    if (item === undefined) throw new Error('Expected an item, got none');
    expect(actionsFor(s.state, item)).toEqual(['reassign', 'edit', 'cancel']);
    s.run('reuben', 'answer_inbox', { inbox_id: item.inbox_id, action: 'reassign', to_agent: 'ollama' });
    expect(ids.map((id) => s.task(id).to_agent)).toEqual(['ollama', 'ollama']);
    s.pass(29);
    expect(itemIn(s)).toBeUndefined();
    s.pass(2);
    expect(itemIn(s)?.task_ids).toEqual(ids);
  });

  it('can be given a type that somebody does', () => {
    const s = new Scenario();
    const { task_id } = s.queue('try it', { type: 'tessting' });
    s.pass(31);
    s.run('reuben', 'answer_inbox', {
      inbox_id: itemIn(s)?.inbox_id ?? '',
      action: 'edit',
      changes: { type: 'testing' },
    });
    expect(s.claim('kimi').task_id).toBe(task_id);
  });

  it('is a person’s own affair where it is addressed to one', () => {
    const s = new Scenario();
    s.queue('sign it', { to_agent: 'reuben' });
    s.pass(60);
    expect(itemIn(s)).toBeUndefined();
  });

  it('is not asked about during a pause', () => {
    const s = new Scenario();
    s.queue('paint it', { type: 'painting' });
    s.run('reuben', 'pause_federation', {});
    s.pass(60);
    expect(itemIn(s)).toBeUndefined();
  });
});

describe('a type that nobody does', () => {
  it('is named with the known one that was probably meant', () => {
    const { config } = new Scenario();
    expect(unknownType(config, 'implementaton')).toEqual({ type: 'implementaton', nearest: 'implementation' });
    expect(unknownType(config, 'painting')).toEqual({ type: 'painting', nearest: null });
    expect(unknownType(config, 'testing')).toBeNull();
    expect(unknownType(config, null)).toBeNull();
  });
});
