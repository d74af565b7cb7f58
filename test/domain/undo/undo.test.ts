import { describe, expect, it } from 'vitest';
import { addMillis, minute } from '../../../src/domain/time.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

/** What `reuben` does next happens later: a change is told from another by its time. */
function later(s: Scenario): Scenario {
  s.now = addMillis(s.now, minute);
  return s;
}

function undo(s: Scenario, id?: string) {
  return later(s).run('reuben', 'undo_change', { id });
}

describe('undo', () => {
  it('takes a cancellation back with the dependents that it cancelled and nobody touched', () => {
    const s = new Scenario();
    const first = s.queue('first', { on_failure: 'cancel', to_agent: 'kimi' });
    const untouched = s.queue('second', { dependencies: [first.task_id] });
    const touched = s.queue('third', { dependencies: [first.task_id] });
    later(s).run('reuben', 'cancel_task', { task_id: first.task_id, reason: 'no' });
    later(s).run('claude', 'report_progress', { task_id: touched.task_id, note: 'a pity' });
    const { undone, left } = undo(s, first.task_id);
    expect(undone[0]?.what).toContain(`cancelled ${first.task_id}`);
    expect(left).toEqual([touched.task_id]);
    expect(s.state.tasks.get(first.task_id)).toMatchObject({
      status: 'pending',
      to_agent: 'kimi',
      finished_at: null,
      ready_since: first.ready_since,
    });
    expect(s.state.tasks.get(untouched.task_id)).toMatchObject({ status: 'pending', waiting_for: [first.task_id] });
    expect(s.state.tasks.get(touched.task_id)?.status).toBe('cancelled');
    expect(s.state.metrics.total.get('cancelled')).toBe(1);
    expect(s.claim('kimi').task_id).toBe(first.task_id);
  });

  it('closes the question that the cancellation asked, and lets wait again what it had freed', () => {
    const s = new Scenario();
    const blocks = s.queue('blocks');
    const waits = s.queue('waits', { dependencies: [blocks.task_id] });
    later(s).run('reuben', 'cancel_task', { task_id: blocks.task_id, reason: 'no' });
    expect(s.state.escalations.size).toBe(1);
    undo(s);
    expect(s.state.escalations.size).toBe(0);
    expect(s.state.tasks.get(waits.task_id)?.status).toBe('pending');

    const goesOn = s.queue('goes on', { on_failure: 'continue' });
    const follows = s.queue('follows', { dependencies: [goesOn.task_id] });
    later(s).run('reuben', 'cancel_task', { task_id: goesOn.task_id, reason: 'no' });
    expect(s.state.tasks.get(follows.task_id)?.ready_since).not.toBeNull();
    undo(s);
    expect(s.state.tasks.get(follows.task_id)).toMatchObject({ ready_since: null, waiting_for: [goesOn.task_id] });
  });

  it('gives back an addressee, the fields of an edit, and the question of an approval', () => {
    const s = new Scenario();
    const task = s.queue('build it', { to_agent: 'kimi', needs_approval: true });
    const { task_id } = task;
    const [question] = s.state.escalations.values();
    later(s).run('reuben', 'override_task', { task_id, action: 'approve' });
    later(s).run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'claude' });
    later(s).run('reuben', 'override_task', { task_id, action: 'edit', changes: { description: 'build that' } });
    expect(s.state.tasks.get(task_id)).toMatchObject({ approved_by: null, description: 'build that' });
    undo(s);
    expect(s.state.tasks.get(task_id)).toMatchObject({ approved_by: 'reuben', description: 'build it' });
    undo(s);
    expect(s.state.tasks.get(task_id)).toMatchObject({ to_agent: 'kimi', approved_by: 'reuben' });
    undo(s);
    expect(s.state.tasks.get(task_id)).toEqual({ ...task, history: s.state.tasks.get(task_id)?.history });
    expect([...s.state.escalations.values()]).toEqual([question]);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('takes back everything of one command, and of it only what is named', () => {
    const s = new Scenario();
    const [a, b] = [s.queue('a'), s.queue('b')];
    later(s);
    for (const { task_id } of [a, b]) s.run('reuben', 'cancel_task', { task_id, reason: 'no' });
    undo(s, a.task_id);
    expect([a, b].map(({ task_id }) => s.state.tasks.get(task_id)?.status)).toEqual(['pending', 'cancelled']);
    later(s);
    for (const { task_id } of [a]) s.run('reuben', 'cancel_task', { task_id, reason: 'no' });
    undo(s);
    undo(s);
    expect([a, b].map(({ task_id }) => s.state.tasks.get(task_id)?.status)).toEqual(['pending', 'pending']);
  });

  it('is refused once something has come of the change, even in the same moment', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build it', { to_agent: 'kimi', needs_approval: true });
    later(s).run('reuben', 'override_task', { task_id, action: 'approve' });
    s.claim('kimi');
    expect(s.refusal('reuben', 'undo_change', {})).toMatchObject({
      code: 'wrong-state',
      message: `${task_id} has changed since: claimed by kimi.`,
    });
  });

  it('is refused with what to do instead for what stands, for agents, and where there is nothing', () => {
    const s = new Scenario();
    expect(s.refusal('reuben', 'undo_change', {}).code).toBe('not-found');
    const { task_id } = s.queue('build it');
    later(s).run('reuben', 'queue_task', { description: 'build that' });
    expect(s.refusal('reuben', 'undo_change', {}).message).toMatch(/^This cannot be undone: queued task-/);
    expect(s.refusal('reuben', 'undo_change', { id: 'task-2026-02-06-009' }).code).toBe('not-found');
    later(s).run('claude', 'report_progress', { task_id, note: 'hm' });
    expect(s.refusal('claude', 'undo_change', {}).code).toBe('not-allowed');
  });

  it('ends a pause that kept nothing, switches scheduling back, reverts an optimisation, reopens a dismissed item', () => {
    const s = new Scenario();
    later(s).run('reuben', 'pause_federation', {});
    undo(s);
    expect(s.state.meta.paused).toBeNull();
    later(s).run('reuben', 'switch_scheduling', { on: false });
    undo(s);
    expect(s.state.meta.scheduling).toBeNull();
    for (let count = 0; count < 12; count += 1) {
      s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'implementation', success: true });
    }
    later(s).run('reuben', 'optimize_routing', { apply: true });
    expect(s.state.optimization.bonuses).not.toEqual([]);
    undo(s);
    expect(s.state.optimization).toEqual({ bonuses: [], applied: [] });

    const { task_id } = s.queue('ask', { to_agent: 'kimi' });
    s.claim('kimi');
    s.run('kimi', 'release_task', { task_id, reason: 'unclear', question: 'which?' });
    const [question] = s.state.escalations.values();
    const inbox_id = question?.inbox_id ?? '';
    later(s).run('reuben', 'answer_inbox', { inbox_id, action: 'dismiss' });
    expect(s.state.tasks.get(task_id)?.ready_since).not.toBeNull();
    undo(s, inbox_id);
    expect([...s.state.escalations.values()]).toEqual([question]);
    expect(s.state.tasks.get(task_id)).toMatchObject({ ready_since: null, waiting_for: [inbox_id] });
  });
});
