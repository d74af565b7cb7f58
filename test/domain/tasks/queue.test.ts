import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

describe('queueing', () => {
  it('numbers tasks by UTC day and goes on beyond 999', () => {
    const s = new Scenario({ limits: { open_per_agent: 5_000, automatic_per_hour: 5_000 } });
    expect(s.queue('first').task_id).toBe('task-2026-02-06-001');
    for (let i = 0; i < 998; i++) s.queue(`filler ${i}`);
    expect(s.queue('thousandth').task_id).toBe('task-2026-02-06-1000');
    s.now = '2026-02-07T00:00:01.000Z';
    expect(s.queue('next day').task_id).toBe('task-2026-02-07-001');
  });

  it('refuses an empty description, a huge one, and a context beyond 64 KiB, each by name', () => {
    const s = new Scenario();
    expect(s.refusal('reuben', 'queue_task', { description: ' \n ' })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('description'),
    });
    expect(s.refusal('reuben', 'queue_task', { description: 'x'.repeat(1_000_000) })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('1000000'),
    });
    expect(
      s.refusal('reuben', 'queue_task', { description: 'x', context: { blob: 'y'.repeat(70_000) } }),
    ).toMatchObject({ code: 'invalid', message: expect.stringContaining('context') });
    expect(s.happened).toEqual([]);
  });

  it('refuses unknown addressees and unknown dependencies, and changes nothing', () => {
    const s = new Scenario();
    expect(s.refusal('reuben', 'queue_task', { description: 'x', to_agent: 'nobody' })).toMatchObject({
      code: 'unknown-agent',
    });
    expect(s.refusal('reuben', 'queue_task', { description: 'x', to_agent: '__proto__' })).toMatchObject({
      code: 'unknown-agent',
    });
    expect(
      s.refusal('reuben', 'queue_task', { description: 'x', dependencies: ['task-2026-02-06-009'] }),
    ).toMatchObject({ code: 'not-found' });
    expect(
      s.refusal('reuben', 'queue_task', { description: 'x', dependencies: ['vote-2026-02-06-001'] }),
    ).toMatchObject({ code: 'not-found' });
    expect(s.happened).toEqual([]);
  });

  it('chooses the least loaded agent of the type for auto, and whoever has least to do where none does it', () => {
    const s = new Scenario();
    const first = s.queue('one', { to_agent: 'auto', type: 'implementation' });
    const second = s.queue('two', { to_agent: 'auto', type: 'implementation' });
    expect(first.to_agent).toBe('copilot');
    expect(second.to_agent).toBe('kimi');
    expect(s.queue('three', { to_agent: 'auto', type: 'sculpture' })).toMatchObject({
      to_agent: 'claude',
      routing: { method: 'v2', confidence: 0, doubt: 'first-of-type' },
    });
  });

  it('returns an open twin of an agent request instead of queueing it twice', () => {
    const s = new Scenario();
    const first = s.queue('Fix the  login form', { to_agent: 'kimi' }, 'claude');
    const again = s.run('copilot', 'queue_task', { description: 'fix the login FORM ', to_agent: 'kimi' });
    expect(again.duplicate_of).toBe(first.task_id);
    expect(s.events('task_queued')).toHaveLength(1);
    expect(
      s.run('copilot', 'queue_task', { description: 'fix the login form', to_agent: 'claude' }).duplicate_of,
    ).toBeNull();
    const keyed = s.run('copilot', 'queue_task', {
      description: 'fix the login form',
      to_agent: 'kimi',
      idempotency_key: 'k',
    });
    expect(keyed.duplicate_of).toBeNull();
    s.claim('kimi', first.task_id);
    s.complete('kimi', first.task_id);
    expect(
      s.run('claude', 'queue_task', { description: 'Fix the login form', to_agent: 'kimi' }).duplicate_of,
    ).toBeNull();
  });

  it('gives the first result for a repeated idempotency key, and refuses it with other arguments', () => {
    const s = new Scenario();
    const args = { description: 'once', idempotency_key: 'key-1' };
    const first = s.run('claude', 'queue_task', args);
    const second = s.run('claude', 'queue_task', { idempotency_key: 'key-1', description: 'once' });
    expect(second.task_id).toBe(first.task_id);
    expect(s.refusal('claude', 'queue_task', { ...args, description: 'twice' })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('idempotency_key'),
    });
    expect(s.run('kimi', 'queue_task', args).task_id).not.toBe(first.task_id);
    s.now = '2026-03-20T09:00:00.000Z';
    expect(s.run('claude', 'queue_task', args).task_id).toBe('task-2026-03-20-001');
  });

  it('tells the operator of a task that waits for one that has ended without success', () => {
    const s = new Scenario();
    const ended = s.queue('ended');
    s.run('reuben', 'cancel_task', { task_id: ended.task_id, reason: 'no' });
    expect(s.state.escalations.size).toBe(0);
    const waiting = s.queue('waiting', { dependencies: [ended.task_id] });
    expect([...s.state.escalations.values()]).toMatchObject([
      { kind: 'blocked', title: expect.stringContaining(waiting.task_id) },
    ]);
  });

  it('makes a task with a start time ahead wait for it, and one with approval for that', () => {
    const s = new Scenario();
    const later = s.queue('later', { not_before: '2026-02-06T09:30:00.000Z' });
    const asks = s.queue('asks', { needs_approval: true });
    expect(s.refusal('claude', 'claim_task', { task_id: later.task_id })).toMatchObject({ code: 'not-ready' });
    expect(s.refusal('claude', 'claim_task', { task_id: asks.task_id })).toMatchObject({ code: 'not-ready' });
    s.pass(31);
    expect(s.task(later.task_id).ready_since).toBe('2026-02-06T09:30:00.000Z');
    expect([...s.state.escalations.values()].map(({ kind }) => kind)).toEqual(['approval']);
    s.run('reuben', 'override_task', { task_id: asks.task_id, action: 'approve' });
    expect(s.state.escalations.size).toBe(0);
    expect(s.claim('claude', asks.task_id).status).toBe('in-progress');
  });
});

describe('plans', () => {
  it('queues tasks that name each other, whatever their order, all at once', () => {
    const s = new Scenario();
    const { ids, ready } = s.run('claude', 'queue_plan', {
      tasks: [
        { key: 'test', after: ['build'], description: 'Test it', type: 'testing' },
        { key: 'build', after: ['plan'], description: 'Build it', type: 'implementation' },
        { key: 'plan', description: 'Plan it', type: 'architecture' },
      ],
    });
    expect(Object.keys(ids)).toEqual(['test', 'build', 'plan']);
    expect(ready).toEqual([ids['plan']]);
    s.claim('claude', ids['plan']);
    expect(s.complete('claude', ids['plan'] ?? '').unblocked).toEqual([ids['build']]);
  });

  it('names the circle of a cyclic plan and queues none of it', () => {
    const s = new Scenario();
    const refused = s.refusal('claude', 'queue_plan', {
      tasks: [
        { key: 'a', after: ['c'], description: 'a' },
        { key: 'b', after: ['a'], description: 'b' },
        { key: 'c', after: ['b'], description: 'c' },
      ],
    });
    expect(refused).toMatchObject({
      code: 'cycle',
      message: expect.stringMatching(/a → c → b → a|c → b → a → c|b → a → c → b/),
    });
    expect(s.state.tasks.size).toBe(0);
  });

  it('does not take an id that it is about to give out for one that exists', () => {
    const s = new Scenario();
    const tasks = [
      { key: 'a', description: 'a', dependencies: ['task-2026-02-06-002'] },
      { key: 'b', description: 'b', after: ['a'] },
    ];
    expect(s.refusal('claude', 'queue_plan', { tasks })).toMatchObject({ code: 'not-found' });
  });

  it('refuses the whole plan for one bad member', () => {
    const s = new Scenario();
    const tasks = [
      { key: 'good', description: 'good' },
      { key: 'bad', description: 'bad', after: ['missing'] },
    ];
    expect(s.refusal('claude', 'queue_plan', { tasks })).toMatchObject({ code: 'not-found' });
    expect(s.refusal('claude', 'queue_plan', { tasks: [...tasks.slice(0, 1), ...tasks.slice(0, 1)] })).toMatchObject({
      code: 'invalid',
    });
    expect(s.happened).toEqual([]);
  });

  it('repeats the first ids for a repeated key', () => {
    const s = new Scenario();
    const args = { tasks: [{ key: 'a', description: 'a' }], idempotency_key: 'plan-1' };
    expect(s.run('claude', 'queue_plan', args).ids).toEqual(s.run('claude', 'queue_plan', args).ids);
    expect(s.state.tasks.size).toBe(1);
  });
});

describe('imports', () => {
  const imported = (source_id: string, depends_on: string[] = []) => ({
    source_id,
    description: `Task ${source_id}`,
    to_agent: null,
    type: 'implementation',
    priority: 'normal' as const,
    depends_on,
    context: {},
    created_at: '2025-01-01T00:00:00.000Z',
    finished: null,
  });

  it('keeps tasks with dangling dependencies and reports each of them', () => {
    const s = new Scenario();
    const result = s.run('reuben', 'import_tasks', {
      system: 'beads',
      tasks: [imported('a', ['b', 'gone']), imported('b')],
    });
    expect(result.dangling).toEqual([{ source_id: 'a', depends_on: 'gone' }]);
    expect(s.task(result.ids['a'] ?? '').waiting_for).toEqual([result.ids['b']]);
  });

  it('cuts a circle, reports it, and skips what an earlier import brought', () => {
    const s = new Scenario();
    const tasks = [imported('a', ['b']), imported('b', ['a']), imported('c', ['c'])];
    const first = s.run('reuben', 'import_tasks', { system: 'beads', tasks });
    expect(first.cycles).toHaveLength(2);
    expect(s.state.tasks.size).toBe(3);
    const second = s.run('reuben', 'import_tasks', { system: 'beads', tasks: [...tasks, imported('d', ['a'])] });
    expect(second.skipped.toSorted()).toEqual(['a', 'b', 'c']);
    expect(s.task(second.ids['d'] ?? '').dependencies).toEqual([first.ids['a']]);
  });

  it('is for persons only', () => {
    expect(new Scenario().refusal('claude', 'import_tasks', { system: 'beads', tasks: [] })).toMatchObject({
      code: 'not-allowed',
    });
  });
});
