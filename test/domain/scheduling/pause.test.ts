import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

/** Two completions in a pause, each of which a rule would have followed. */
function kept(): Scenario {
  const s = new Scenario();
  const tasks = ['one', 'two'].map((text) => s.queue(text, { type: 'implementation', to_agent: 'kimi' }));
  for (const { task_id } of tasks) s.claim('kimi', task_id);
  s.run('reuben', 'pause_federation', { reason: 'freeze' });
  for (const { task_id } of tasks) expect(s.complete('kimi', task_id).follow_ups).toEqual([]);
  return s;
}

const pending = (s: Scenario): string[] =>
  [...s.state.index.byStatus.pending].map((id) => `${s.task(id).type} for ${s.task(id).to_agent}`);

describe('a pause', () => {
  it('refuses claims and keeps what rules would have queued', () => {
    const s = kept();
    s.queue('three');
    expect(s.refusal('claude', 'claim_task', {})).toMatchObject({ code: 'paused' });
    expect([...s.state.held.values()].map(({ rule }) => rule)).toEqual(['test-implementation', 'test-implementation']);
    expect(s.state.escalations.size).toBe(0);
    expect(pending(s)).toHaveLength(1);
  });

  it('asks about the kept follow-ups in one item when it ends, and goes by the answer', () => {
    for (const [action, count] of [
      ['release', 2],
      ['drop', 0],
    ] as const) {
      const s = kept();
      expect(s.run('reuben', 'resume_federation', {})).toMatchObject({ already: false, kept: 2, released: [] });
      const [item, ...others] = s.state.escalations.values();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ kind: 'held-follow-ups', title: '2 follow-ups kept during the pause' });
      expect(pending(s)).toHaveLength(0);
      const { released } = s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action });
      expect(released).toHaveLength(count);
      expect(pending(s)).toHaveLength(count);
      expect(s.state.held.size + s.state.escalations.size).toBe(0);
    }
  });

  it('releases all or none where the operator says so at once', () => {
    const all = kept();
    const { released } = all.run('reuben', 'resume_federation', { release: 'all' });
    expect(released.map((id) => all.task(id).caused_by)).toMatchObject([
      { kind: 'rule', by: 'test-implementation', depth: 1 },
      { kind: 'rule', by: 'test-implementation', depth: 1 },
    ]);
    expect(all.task('task-2026-02-06-001').result?.follow_ups).toEqual([released[0]]);
    const none = kept();
    expect(none.run('reuben', 'resume_federation', { release: 'none' })).toMatchObject({ dropped: 2, kept: 0 });
    expect(none.events('follow_ups_settled')).toMatchObject([{ how: 'dropped' }]);
    for (const s of [all, none]) expect(s.state.held.size + s.state.escalations.size).toBe(0);
  });

  it('can still be settled after it was resumed with a question', () => {
    const s = kept();
    s.run('reuben', 'resume_federation', {});
    expect(s.run('reuben', 'resume_federation', { release: 'all' })).toMatchObject({ already: true });
    expect(pending(s)).toHaveLength(2);
    expect(s.state.escalations.size).toBe(0);
    expect(s.run('reuben', 'resume_federation', { release: 'all' }).released).toEqual([]);
  });

  it('does not release what somebody queued by hand meanwhile', () => {
    const s = kept();
    s.queue('test one', { type: 'testing', dependencies: ['task-2026-02-06-001'] });
    expect(s.run('reuben', 'resume_federation', { release: 'all' }).released).toHaveLength(1);
  });

  it('adds what a second pause keeps to the question that is open', () => {
    const s = kept();
    s.run('reuben', 'resume_federation', {});
    const task = s.queue('three', { type: 'implementation', to_agent: 'kimi' });
    s.claim('kimi', task.task_id);
    s.run('reuben', 'pause_federation', {});
    s.complete('kimi', task.task_id);
    s.run('reuben', 'resume_federation', {});
    expect(s.state.escalations.size).toBe(1);
    const [item] = s.state.escalations.values();
    expect(
      s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'release' }).released,
    ).toHaveLength(3);
  });

  it('never refuses, and starts no retry while it lasts', () => {
    const s = new Scenario();
    const task = s.queue('hard');
    s.claim('claude', task.task_id);
    s.fail('claude', task.task_id);
    expect(s.run('reuben', 'pause_federation', {})).toEqual({ already: false });
    expect(s.run('reuben', 'pause_federation', {})).toEqual({ already: true });
    s.pass(5);
    expect(s.task(task.task_id).starts_at).not.toBeNull();
    s.run('reuben', 'resume_federation', {});
    s.pass(0);
    expect(s.claim('claude').task_id).toBe(task.task_id);
  });
});
