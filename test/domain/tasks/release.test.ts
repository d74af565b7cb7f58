import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

function releasedBy(s: Scenario, who: string, id: string, reason = 'not for me'): void {
  s.claim(who, id);
  s.run(who, 'release_task', { task_id: id, reason });
}

function next(s: Scenario, who: string): string | undefined {
  return s.run(who, 'claim_task', {}).task?.task_id;
}

describe('a task that was given back', () => {
  it('is not handed again to who gave it back, while somebody else who is there may take it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    releasedBy(s, 'kimi', task_id);
    s.pass(60);
    expect(next(s, 'kimi')).toBeUndefined();
    expect(next(s, 'copilot')).toBe(task_id);
  });

  it('says why when it is claimed', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    releasedBy(s, 'kimi', task_id, 'needs a GPU');
    expect(s.claim('copilot').given_back).toMatchObject([{ agent: 'kimi', reason: 'needs a GPU' }]);
  });

  it('may be taken again at once by who names it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    releasedBy(s, 'kimi', task_id);
    expect(s.claim('kimi', task_id).task_id).toBe(task_id);
  });

  it('comes back after 10 minutes where nobody else who was seen may take it', () => {
    const s = new Scenario();
    s.present = new Set(['kimi']);
    const { task_id } = s.queue('run it', { type: 'testing' });
    releasedBy(s, 'kimi', task_id);
    s.pass(9);
    expect(next(s, 'kimi')).toBeUndefined();
    s.pass(1);
    expect(next(s, 'kimi')).toBe(task_id);
  });

  it('comes back to each of those who gave it back, where nobody is left', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    for (const who of ['kimi', 'copilot']) releasedBy(s, who, task_id);
    s.pass(11);
    expect(next(s, 'kimi')).toBe(task_id);
  });

  it('does not stand in the way of other work, nor is it counted as ready', () => {
    const s = new Scenario();
    const first = s.queue('run it', { type: 'testing' });
    const second = s.queue('run that', { type: 'testing' });
    releasedBy(s, 'kimi', first.task_id);
    expect(next(s, 'kimi')).toBe(second.task_id);
  });

  it.each([
    ['its client closed', (s: Scenario) => s.run('kimi', 'end_session', { session: 'kimi-1' })],
    [
      'the caller had left',
      (s: Scenario, id: string) => s.run('kimi', 'release_task', { task_id: id, reason: 'r', unasked: true }),
    ],
    [
      'it waited for another task',
      (s: Scenario, id: string) => {
        const other = s.queue('first', { to_agent: 'reuben' });
        s.run('kimi', 'release_task', { task_id: id, reason: 'r', wait_for: [other.task_id] });
        s.claim('reuben', other.task_id);
        s.complete('reuben', other.task_id);
      },
    ],
  ])('is handed out as before where %s', (_why, release) => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    s.claim('kimi', task_id);
    release(s, task_id);
    expect(next(s, 'kimi')).toBe(task_id);
  });

  it('is handed out as before once the operator has addressed it', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing' });
    releasedBy(s, 'kimi', task_id);
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'kimi' });
    expect(next(s, 'kimi')).toBe(task_id);
  });

  it('asks the operator when that has happened more often than it may fail', () => {
    const s = new Scenario();
    const { task_id } = s.queue('run it', { type: 'testing', max_attempts: 2 });
    for (const who of ['kimi', 'copilot']) releasedBy(s, who, task_id);
    expect(s.state.escalations.size).toBe(0);
    releasedBy(s, 'kimi', task_id, 'still not for me');
    const [item] = [...s.state.escalations.values()];
    expect(item).toMatchObject({
      kind: 'given-back',
      title: `${task_id} was released 3 times`,
      detail: 'Last by kimi: still not for me',
    });
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'reassign', to_agent: 'claude' });
    expect(s.task(task_id)).toMatchObject({ to_agent: 'claude', given_back: [] });
    expect(s.state.escalations.size).toBe(0);
  });
});
