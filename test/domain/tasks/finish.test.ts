import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

describe('completing', () => {
  it('unblocks what waited for it and says so', () => {
    const s = new Scenario();
    const first = s.queue('first');
    const other = s.queue('other');
    const second = s.queue('second', { dependencies: [first.task_id] });
    const third = s.queue('third', { dependencies: [first.task_id, other.task_id] });
    s.claim('claude', first.task_id);
    s.pass(5);
    expect(s.complete('claude', first.task_id).unblocked).toEqual([second.task_id]);
    expect(s.task(second.task_id).ready_since).toBe(s.now);
    expect(s.task(third.task_id).waiting_for).toEqual([other.task_id]);
  });

  it('gives the first result for an identical repetition', () => {
    const s = new Scenario();
    const task = s.queue('t');
    const next = s.queue('next', { dependencies: [task.task_id] });
    s.claim('claude', task.task_id);
    const first = s.complete('claude', task.task_id, 'all of it');
    const count = s.happened.length;
    expect(s.complete('claude', task.task_id, 'all of it')).toEqual(first);
    expect(first.unblocked).toEqual([next.task_id]);
    expect(s.happened).toHaveLength(count);
  });

  it('needs an attempt where the process claimed none, and takes it from another process of the agent', () => {
    const s = new Scenario();
    const task = s.queue('t');
    s.claim('claude/one', task.task_id);
    expect(
      s.refusal('claude/two', 'complete_task', { task_id: task.task_id, outcome: 'success', summary: 's' }),
    ).toMatchObject({ code: 'invalid', message: expect.stringContaining('another process of claude holds it') });
    expect(
      s.refusal('kimi', 'complete_task', { task_id: task.task_id, outcome: 'success', summary: 's' }),
    ).toMatchObject({ code: 'not-allowed', message: `${task.task_id} is held by claude.` });
    expect(
      s.refusal('kimi', 'complete_task', { task_id: task.task_id, outcome: 'success', summary: 's', attempt: 1 }),
    ).toMatchObject({ code: 'not-allowed' });
    expect(s.complete('claude/two', task.task_id, 's', { attempt: 1 }).task.status).toBe('completed');
  });

  it('refuses a lapsed attempt, keeps its text once, and leaves the new holder alone', () => {
    const s = new Scenario();
    const task = s.queue('t');
    s.claim('claude', task.task_id);
    s.gone.add('claude-1');
    s.pass(1);
    expect(s.task(task.task_id)).toMatchObject({ status: 'pending', failed_attempts: 1, lease: null });
    s.claim('kimi', task.task_id);
    const late = { task_id: task.task_id, outcome: 'success', summary: 'I woke up late' } as const;
    expect(s.refusal('claude', 'complete_task', late)).toMatchObject({ code: 'stale-attempt' });
    expect(s.refusal('claude', 'complete_task', late)).toMatchObject({ code: 'stale-attempt' });
    expect(s.events('late_completion_kept')).toHaveLength(1);
    expect(s.task(task.task_id)).toMatchObject({ status: 'in-progress', attempt: 2 });
    expect(s.complete('kimi', task.task_id).task.status).toBe('completed');
  });
});

describe('failing', () => {
  it('retries after 1, then 4 minutes, and fails for good on the third attempt with an escalation', () => {
    const s = new Scenario();
    const task = s.queue('hard');
    s.claim('claude', task.task_id);
    expect(s.fail('claude', task.task_id).task.starts_at).toBe('2026-02-06T09:01:00.000Z');
    expect(s.refusal('claude', 'claim_task', { task_id: task.task_id })).toMatchObject({ code: 'not-ready' });
    s.pass(1);
    s.claim('claude', task.task_id);
    expect(s.fail('claude', task.task_id).task.starts_at).toBe('2026-02-06T09:05:00.000Z');
    s.pass(4);
    s.claim('claude', task.task_id);
    expect(s.fail('claude', task.task_id).task.status).toBe('failed');
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'task-failed', task_id: task.task_id }]);
    s.run('reuben', 'override_task', { task_id: task.task_id, action: 'requeue' });
    expect(s.task(task.task_id)).toMatchObject({ status: 'pending', failed_attempts: 0 });
    expect(s.state.escalations.size).toBe(0);
  });

  it('keeps the place of a retried task among the ready ones', () => {
    const s = new Scenario();
    const first = s.queue('first');
    s.pass(1);
    s.queue('second');
    s.claim('claude', first.task_id);
    s.fail('claude', first.task_id);
    s.pass(10);
    expect(s.claim('claude').task_id).toBe(first.task_id);
  });

  it('does not retry what is not retryable', () => {
    const s = new Scenario();
    const task = s.queue('hopeless');
    s.claim('claude', task.task_id);
    expect(s.fail('claude', task.task_id, { retryable: false }).task.status).toBe('failed');
  });

  it('blocks, cancels or lets dependents go on by its on_failure', () => {
    const s = new Scenario();
    const run = (on_failure: 'block' | 'cancel' | 'continue') => {
      const task = s.queue(on_failure, { on_failure });
      const child = s.queue(`${on_failure} child`, { dependencies: [task.task_id], on_failure });
      const grandchild = s.queue(`${on_failure} grandchild`, { dependencies: [child.task_id] });
      s.claim('claude', task.task_id);
      s.fail('claude', task.task_id, { retryable: false });
      return [child, grandchild].map(({ task_id }) => s.task(task_id));
    };
    expect(run('block')).toMatchObject([
      { status: 'pending', ready_since: null },
      { status: 'pending', ready_since: null },
    ]);
    expect(run('cancel')).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
    expect(run('continue')).toMatchObject([
      { status: 'pending', ready_since: s.now },
      { status: 'pending', ready_since: null },
    ]);
    const titles = [...s.state.escalations.values()].map(({ title }) => title);
    expect(titles).toEqual([
      expect.stringContaining('blocks'),
      expect.not.stringContaining('blocks'),
      expect.not.stringContaining('blocks'),
    ]);
  });

  it('lets an agent cancel what it queued or sent back itself, not what a rule queued to check its work', () => {
    const s = new Scenario();
    const work = s.queue('build', { type: 'implementation', to_agent: 'kimi' });
    s.claim('kimi', work.task_id);
    const [check = ''] = s.complete('kimi', work.task_id).follow_ups;
    expect(s.task(check)).toMatchObject({ from_agent: 'kimi', caused_by: { kind: 'rule' } });
    expect(s.refusal('kimi', 'cancel_task', { task_id: check, reason: 'no need' })).toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining(`${check} was queued by rule test-implementation`),
    });
    const { rework } = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'no tests' });
    const again = rework?.task_id ?? '';
    expect(s.refusal('kimi', 'cancel_task', { task_id: again, reason: 'no' })).toMatchObject({ code: 'not-allowed' });
    s.run('claude', 'cancel_task', { task_id: again, reason: 'it was fine after all' });
    expect(s.task(again).status).toBe('cancelled');
    s.run('reuben', 'cancel_task', { task_id: check, reason: 'not needed' });
    expect(s.task(check).status).toBe('cancelled');
  });

  it('treats a cancelled task as failed for its dependents', () => {
    const s = new Scenario();
    const task = s.queue('t', {}, 'claude');
    const child = s.queue('child', { dependencies: [task.task_id] });
    expect(s.refusal('kimi', 'cancel_task', { task_id: task.task_id, reason: 'mine now' })).toMatchObject({
      code: 'not-allowed',
    });
    s.run('claude', 'cancel_task', { task_id: task.task_id, reason: 'not needed' });
    expect(s.task(child.task_id).waiting_for).toEqual([task.task_id]);
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'blocked' }]);
    expect(s.refusal('reuben', 'cancel_task', { task_id: task.task_id, reason: 'again' })).toMatchObject({
      code: 'wrong-state',
    });
  });
});

describe('releasing', () => {
  it('uses up no attempt and can address the task anew', () => {
    const s = new Scenario();
    const task = s.queue('t');
    s.claim('claude', task.task_id);
    s.run('claude', 'release_task', { task_id: task.task_id, reason: 'not mine', to_agent: 'copilot' });
    expect(s.task(task.task_id)).toMatchObject({
      status: 'pending',
      to_agent: 'copilot',
      failed_attempts: 0,
      attempt: 1,
    });
    expect(s.claim('copilot').attempt).toBe(2);
  });

  it('waits until other tasks are settled, however they end, and refuses circles', () => {
    const s = new Scenario();
    const task = s.queue('t');
    const child = s.queue('child', { dependencies: [task.task_id] });
    const other = s.queue('other');
    s.claim('claude', task.task_id);
    const wait = (id: string) => ({ task_id: task.task_id, reason: 'must wait', wait_for: [id] });
    expect(s.refusal('claude', 'release_task', wait(child.task_id))).toMatchObject({
      code: 'cycle',
      message: expect.stringContaining(child.task_id),
    });
    expect(s.refusal('claude', 'release_task', wait(task.task_id))).toMatchObject({ code: 'cycle' });
    s.run('claude', 'release_task', wait(other.task_id));
    expect(s.refusal('claude', 'claim_task', { task_id: task.task_id })).toMatchObject({ code: 'not-ready' });
    s.run('reuben', 'cancel_task', { task_id: other.task_id, reason: 'no' });
    expect(s.claim('claude', task.task_id).status).toBe('in-progress');
  });

  it('gives back everything a session held when its client ends', () => {
    const s = new Scenario();
    const mine = s.queue('mine');
    const others = s.queue('other process');
    s.claim('claude/one', mine.task_id);
    s.claim('claude/two', others.task_id);
    expect(s.run('claude/one', 'end_session', { session: 'one' }).released).toEqual([mine.task_id]);
    expect(s.task(others.task_id).status).toBe('in-progress');
    expect(s.task(mine.task_id)).toMatchObject({ status: 'pending', failed_attempts: 0 });
  });
});

describe('leases', () => {
  it('end at the hold with an escalation, although the process lives', () => {
    const s = new Scenario();
    const task = s.queue('long');
    s.claim('claude', task.task_id);
    s.pass(239);
    expect(s.task(task.task_id).status).toBe('in-progress');
    s.pass(2);
    expect(s.task(task.task_id)).toMatchObject({ status: 'pending', failed_attempts: 1 });
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'hold-reached' }]);
  });

  it('are moved by extend_minutes', () => {
    const s = new Scenario();
    const task = s.queue('long');
    s.claim('claude', task.task_id);
    s.run('claude', 'report_progress', { task_id: task.task_id, note: 'half way', progress: 0.5, extend_minutes: 60 });
    s.pass(299);
    expect(s.task(task.task_id)).toMatchObject({ status: 'in-progress', progress: 0.5 });
    s.pass(2);
    expect(s.task(task.task_id).status).toBe('pending');
  });

  it('of the command line end by time alone', () => {
    const s = new Scenario();
    const task = s.queue('by hand');
    s.claim('reuben', task.task_id);
    s.pass(31);
    expect(s.task(task.task_id).status).toBe('pending');
  });

  it('that lapse on the last attempt fail the task', () => {
    const s = new Scenario();
    const task = s.queue('t', { max_attempts: 1 });
    s.claim('claude', task.task_id);
    s.gone.add('claude-1');
    s.pass(1);
    expect(s.task(task.task_id).status).toBe('failed');
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'task-failed' }]);
  });

  it('keep their distance when the clock goes back', () => {
    const s = new Scenario();
    const task = s.queue('t');
    s.claim('claude', task.task_id);
    const before = s.task(task.task_id).lease?.hold_until;
    s.happened.push({
      event: { type: 'clock_stepped_back', milliseconds: 3_600_000 },
      at: '2026-02-06T08:00:00.000Z',
      by: 'system',
    });
    expect(s.replayed().tasks.get(task.task_id)?.lease?.hold_until).toBe('2026-02-06T12:00:00.000Z');
    expect(before).toBe('2026-02-06T13:00:00.000Z');
  });
});
