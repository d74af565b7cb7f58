import { describe, expect, it } from 'vitest';
import type { ArgsOf } from '../../../src/domain/commands.ts';
import type { Escalation } from '../../../src/domain/scheduling/escalation.ts';
import { actionsFor } from '../../../src/domain/scheduling/inbox.ts';
import type { Task } from '../../../src/domain/tasks/task.ts';
import { Scenario } from '../../support/scenario.ts';

const quiet = { scheduling: { enabled: false } };

function only(s: Scenario): Escalation {
  const [item, ...others] = s.state.escalations.values();
  if (item === undefined || others.length > 0) throw new Error(`Expected one item, got ${s.state.escalations.size}`);
  return item;
}

const kindsOf = (s: Scenario): string[] => [...s.state.escalations.values()].map(({ kind }) => kind);

function answer(s: Scenario, action: ArgsOf<'answer_inbox'>['action'], more: Partial<ArgsOf<'answer_inbox'>> = {}) {
  return s.run('reuben', 'answer_inbox', { inbox_id: only(s).inbox_id, action, ...more });
}

/** A task that failed for good, and what waits for it. */
function failed(): { s: Scenario; task: Task; child: Task; grandchild: Task } {
  const s = new Scenario(quiet);
  const task = s.queue('hard', { to_agent: 'kimi' });
  const child = s.queue('child', { dependencies: [task.task_id] });
  const grandchild = s.queue('grandchild', { dependencies: [child.task_id] });
  s.claim('kimi', task.task_id);
  s.fail('kimi', task.task_id, { retryable: false });
  return { s, task, child, grandchild };
}

describe('a failed task', () => {
  it('offers to try again, by the same or by another agent', () => {
    const first = failed();
    expect(actionsFor(first.s.state, only(first.s))).toEqual(['requeue', 'reassign', 'continue-dependents', 'cancel']);
    expect(answer(first.s, 'requeue', { note: 'the disk was full' }).task).toMatchObject({
      status: 'pending',
      to_agent: 'kimi',
      failed_attempts: 0,
    });
    expect(first.s.events('escalation_closed')).toEqual([
      {
        type: 'escalation_closed',
        inbox_id: 'inbox-2026-02-06-001',
        how: 'requeue',
        note: 'the disk was full',
        about: 'task-2026-02-06-001: hard',
      },
    ]);
    expect(first.s.happened.at(-1)?.by).toBe('reuben');
    const second = failed();
    expect(
      second.s.refusal('reuben', 'answer_inbox', { inbox_id: only(second.s).inbox_id, action: 'reassign' }),
    ).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('to_agent'),
    });
    expect(answer(second.s, 'reassign', { to_agent: 'copilot' }).task).toMatchObject({
      status: 'pending',
      to_agent: 'copilot',
    });
    expect(second.s.state.escalations.size).toBe(0);
  });

  it('lets what waits go on without it, or ends all of it', () => {
    const on = failed();
    answer(on.s, 'continue-dependents');
    expect(on.s.task(on.child.task_id)).toMatchObject({ waiting_for: [], ready_since: on.s.now });
    expect(on.s.state.escalations.size).toBe(0);
    const off = failed();
    answer(off.s, 'cancel');
    expect([off.child, off.grandchild].map(({ task_id }) => off.s.task(task_id).status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(off.s.state.escalations.size).toBe(0);
  });

  it('can be dismissed where nothing waits for it, and also once it has left the state', () => {
    const { s, task, child } = failed();
    s.run('reuben', 'cancel_task', { task_id: child.task_id, reason: 'no' });
    const item = [...s.state.escalations.values()].find(({ kind }) => kind === 'task-failed');
    expect(item && actionsFor(s.state, item)).toEqual(['requeue', 'reassign', 'dismiss']);
    s.pass(40 * 24 * 60);
    expect(s.state.tasks.has(task.task_id)).toBe(false);
    expect(item && actionsFor(s.state, item)).toEqual(['dismiss']);
    s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action: 'dismiss' });
    expect(kindsOf(s)).toEqual(['blocked']);
  });

  it('that has left the state still lets its dependents go on', () => {
    const { s, child } = failed();
    s.pass(40 * 24 * 60);
    answer(s, 'continue-dependents');
    expect(s.task(child.task_id).ready_since).toBe(s.now);
  });

  it('closes what asked about its hold, and itself when it is done another way', () => {
    const s = new Scenario(quiet);
    const task = s.queue('long', { max_attempts: 2 });
    for (const kind of ['hold-reached', 'task-failed']) {
      s.claim('claude', task.task_id);
      s.pass(241);
      expect(kindsOf(s)).toEqual([kind]);
    }
    s.run('reuben', 'override_task', { task_id: task.task_id, action: 'requeue', to_agent: 'kimi' });
    expect(s.task(task.task_id).to_agent).toBe('kimi');
    expect(kindsOf(s)).toEqual([]);
  });
});

describe('a cancelled task that blocks others', () => {
  function blocked() {
    const s = new Scenario(quiet);
    const task = s.queue('t');
    const child = s.queue('child', { dependencies: [task.task_id] });
    s.run('reuben', 'cancel_task', { task_id: task.task_id, reason: 'no' });
    return { s, task, child };
  }

  it('offers to take it up again, to go on without it, or to end what waits', () => {
    const again = blocked();
    expect(actionsFor(again.s.state, only(again.s))).toEqual(['requeue', 'reassign', 'continue-dependents', 'cancel']);
    expect(answer(again.s, 'requeue', { to_agent: 'kimi' }).task).toMatchObject({
      status: 'pending',
      to_agent: 'kimi',
    });
    const on = blocked();
    answer(on.s, 'continue-dependents');
    expect(on.s.task(on.child.task_id).ready_since).toBe(on.s.now);
    const off = blocked();
    answer(off.s, 'cancel');
    expect(off.s.task(off.child.task_id).status).toBe('cancelled');
    for (const { s } of [again, on, off]) expect(kindsOf(s)).toEqual([]);
  });

  it('asks nothing any more once nothing waits for it', () => {
    const { s, child } = blocked();
    s.run('reuben', 'cancel_task', { task_id: child.task_id, reason: 'nor this' });
    expect(kindsOf(s)).toEqual([]);
  });
});

describe('an approval', () => {
  it('is given, to another agent if so wished, or denied', () => {
    const s = new Scenario(quiet);
    const first = s.queue('first', { needs_approval: true });
    expect(actionsFor(s.state, only(s))).toEqual(['approve', 'cancel']);
    expect(answer(s, 'approve', { to_agent: 'kimi' }).task).toMatchObject({ approved_by: 'reuben', to_agent: 'kimi' });
    expect(s.claim('kimi').task_id).toBe(first.task_id);
    const second = s.queue('second', { needs_approval: true });
    answer(s, 'cancel', { note: 'too risky' });
    expect(s.task(second.task_id)).toMatchObject({ status: 'cancelled' });
    expect(kindsOf(s)).toEqual([]);
  });

  it('is not asked for any more where the task was cancelled with another', () => {
    const s = new Scenario(quiet);
    const first = s.queue('first', { on_failure: 'cancel' });
    s.queue('second', { dependencies: [first.task_id], needs_approval: true });
    s.run('reuben', 'cancel_task', { task_id: first.task_id, reason: 'no' });
    expect(kindsOf(s)).toEqual([]);
  });
});

describe('work sent back too often', () => {
  it('is approved once more or cancelled', () => {
    for (const action of ['approve', 'cancel'] as const) {
      const s = new Scenario({ ...quiet, limits: { rework_rounds: 1 } });
      let { task_id } = s.queue('build', { type: 'implementation', to_agent: 'kimi' });
      for (let round = 0; round < 2; round++) {
        s.claim('kimi', task_id);
        s.complete('kimi', task_id);
        const { rework } = s.run('claude', 'review_task', { task_id, verdict: 'rework', note: `round ${round}` });
        task_id = rework?.task_id ?? '';
      }
      expect(only(s)).toMatchObject({ kind: 'rework-rounds', task_id });
      expect(actionsFor(s.state, only(s))).toEqual(['approve', 'cancel']);
      answer(s, action);
      expect(s.task(task_id).status).toBe(action === 'approve' ? 'pending' : 'cancelled');
      expect(s.task(task_id).approved_by).toBe(action === 'approve' ? 'reuben' : null);
      expect(kindsOf(s)).toEqual([]);
    }
  });
});

describe('a hold that was reached', () => {
  const held = () => {
    const s = new Scenario(quiet);
    const task = s.queue('long', { to_agent: 'claude' });
    s.claim('claude', task.task_id);
    s.pass(241);
    return { s, id: task.task_id };
  };

  it('is answered by reassigning, cancelling or dismissing', () => {
    const other = held();
    expect(actionsFor(other.s.state, only(other.s))).toEqual(['reassign', 'cancel', 'dismiss']);
    expect(answer(other.s, 'reassign', { to_agent: 'copilot' }).task?.to_agent).toBe('copilot');
    const none = held();
    expect(answer(none.s, 'cancel').task?.status).toBe('cancelled');
    const seen = held();
    expect(answer(seen.s, 'dismiss').task?.status).toBe('pending');
    for (const { s } of [other, none, seen]) expect(kindsOf(s)).toEqual([]);
  });

  it('settles itself when the task is completed, also by a verdict', () => {
    const { s, id } = held();
    s.claim('claude', id);
    s.complete('claude', id);
    expect(kindsOf(s)).toEqual([]);
    const review = s.queue('judge', { type: 'review', to_agent: 'kimi', dependencies: [id] });
    s.claim('kimi', review.task_id);
    s.pass(241);
    s.claim('kimi', review.task_id);
    s.run('kimi', 'review_task', { task_id: id, verdict: 'accept', note: 'n' });
    expect(kindsOf(s)).toEqual([]);
  });
});

describe('a limit', () => {
  it('is dismissed where nothing was kept', () => {
    const s = new Scenario({ ...quiet, limits: { chain_depth: 1 } });
    const task = s.queue('t', { to_agent: 'kimi' });
    s.claim('kimi', task.task_id);
    const next = s.queue('next', { to_agent: 'kimi' }, 'kimi');
    s.claim('kimi', next.task_id);
    s.refusal('kimi', 'queue_task', { description: 'deeper' });
    s.pass(120);
    expect(actionsFor(s.state, only(s))).toEqual(['dismiss']);
    answer(s, 'dismiss');
    expect(kindsOf(s)).toEqual([]);
  });

  it('settles itself once there is room again, with some to spare', () => {
    const s = new Scenario({ ...quiet, limits: { automatic_per_hour: 10, open_per_agent: 5 } });
    for (let i = 0; i < 5; i++) s.queue(`kimi ${i}`, { to_agent: 'kimi' }, 'claude');
    s.refusal('claude', 'queue_task', { description: 'x', to_agent: 'kimi' });
    s.pass(30);
    for (let i = 0; i < 5; i++) s.queue(`open ${i}`, {}, 'claude');
    s.refusal('claude', 'queue_task', { description: 'y' });
    expect(kindsOf(s)).toEqual(['limit', 'limit']);
    s.run('reuben', 'cancel_task', { task_id: 'task-2026-02-06-001', reason: 'r' });
    s.pass(31);
    expect(kindsOf(s)).toEqual([]);
    expect(s.events('escalation_closed').map(({ how }) => how)).toEqual([
      'below the limit again',
      'below the limit again',
    ]);
  });
});

describe('answering', () => {
  it('is refused for what is unknown, closed, not offered, or not the caller’s', () => {
    const { s } = failed();
    const { inbox_id } = only(s);
    const refusal = (args: Partial<ArgsOf<'answer_inbox'>>, who = 'reuben') =>
      s.refusal(who, 'answer_inbox', { inbox_id, action: 'requeue', ...args });
    expect(refusal({}, 'claude')).toMatchObject({ code: 'not-allowed' });
    expect(refusal({ inbox_id: 'inbox-2026-02-06-002' })).toMatchObject({ code: 'not-found' });
    expect(refusal({ inbox_id: 'nonsense' })).toMatchObject({ code: 'not-found' });
    expect(refusal({ action: 'release' })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('requeue'),
    });
    expect(refusal({ to_agent: 'nobody' })).toMatchObject({ code: 'unknown-agent' });
    expect(refusal({ choice: 'yes' })).toMatchObject({ code: 'invalid' });
    for (const action of ['continue-dependents', 'cancel'] as const) {
      expect(refusal({ action, to_agent: 'kimi' })).toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('to_agent'),
      });
    }
    expect(s.state.escalations.size).toBe(1);
    answer(s, 'requeue');
    expect(refusal({})).toMatchObject({ code: 'closed' });
  });

  it('asks anew when the same happens again', () => {
    const { s, task } = failed();
    answer(s, 'requeue');
    s.claim('kimi', task.task_id);
    s.fail('kimi', task.task_id, { retryable: false });
    expect(only(s)).toMatchObject({ inbox_id: 'inbox-2026-02-06-002', kind: 'task-failed' });
  });
});
