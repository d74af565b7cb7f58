import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

describe('limits against runaway work', () => {
  it('stop a chain of tasks that cause each other, with the chain in one escalation', () => {
    const s = new Scenario({ limits: { chain_depth: 3 } });
    let task = s.queue('start', { to_agent: 'kimi' });
    for (let depth = 1; depth <= 3; depth++) {
      s.claim('kimi', task.task_id);
      const next = s.queue(`step ${depth}`, { to_agent: 'kimi' }, 'kimi');
      expect(next.caused_by).toMatchObject({ kind: 'agent', task_id: task.task_id, depth });
      s.complete('kimi', task.task_id);
      task = next;
    }
    s.claim('kimi', task.task_id);
    expect(s.refusal('kimi', 'queue_task', { description: 'one too many', to_agent: 'kimi' })).toMatchObject({
      code: 'limit-reached',
    });
    const escalations = [...s.state.escalations.values()];
    expect(escalations).toHaveLength(1);
    expect(escalations[0]?.chain).toHaveLength(4);
    expect(s.queue('by hand', { to_agent: 'kimi' }).status).toBe('pending');
  });

  it('let one agent do any number of chores of its own, one after another', () => {
    const s = new Scenario({ limits: { chain_depth: 3 } });
    for (let chore = 1; chore <= 14; chore++) {
      const { task_id, caused_by } = s.queue(`chore ${chore}`, { to_agent: 'kimi' }, 'kimi');
      expect(caused_by).toEqual({ kind: 'agent', by: 'kimi', task_id: null, depth: 0 });
      s.claim('kimi', task_id);
      s.complete('kimi', task_id);
    }
  });

  it('stop two agents that answer each other’s work by new work', () => {
    const s = new Scenario({ limits: { chain_depth: 3 } });
    let { task_id } = s.queue('ask', { to_agent: 'claude' }, 'kimi');
    for (let turn = 1; turn <= 3; turn++) {
      const [who, other] = turn % 2 === 1 ? ['claude', 'kimi'] : ['kimi', 'claude'];
      s.claim(who, task_id);
      s.complete(who, task_id);
      s.pass(10);
      ({ task_id } = s.queue(`answer ${turn}`, { to_agent: other }, who));
    }
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    expect(s.refusal('kimi', 'queue_task', { description: 'answer 4', to_agent: 'claude' }).code).toBe('limit-reached');
  });

  it.each([
    ['later than 10 minutes after', 'kimi', 11, 0],
    ['in another session', 'kimi/kimi-2', 1, 0],
    ['soon after, in the same session', 'kimi', 1, 1],
  ])('count what is queued %s work that a rule queued', (_when, who, minutes, depth) => {
    const s = new Scenario();
    const { task_id } = s.queue('find out', { type: 'research', to_agent: 'claude' });
    s.claim('claude', task_id);
    const [followUp = ''] = s.complete('claude', task_id).follow_ups;
    s.claim('kimi', followUp);
    s.complete('kimi', followUp);
    s.pass(minutes);
    expect(s.queue('next', { to_agent: 'copilot' }, who).caused_by.depth).toBe(depth === 0 ? 0 : 2);
  });

  it('begin anew after work that a person queued', () => {
    const s = new Scenario();
    const { task_id } = s.queue('build', { to_agent: 'kimi' });
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    expect(s.queue('and this', { to_agent: 'copilot' }, 'kimi').caused_by).toMatchObject({ task_id: null, depth: 0 });
  });

  it('bound open tasks per addressee and automatic tasks an hour, for plans as well', () => {
    const s = new Scenario({ limits: { open_per_agent: 5, automatic_per_hour: 8 } });
    for (let i = 0; i < 5; i++) s.queue(`for kimi ${i}`, { to_agent: 'kimi' }, 'claude');
    expect(s.refusal('claude', 'queue_task', { description: 'x', to_agent: 'kimi' })).toMatchObject({
      code: 'limit-reached',
      message: expect.stringContaining('kimi'),
    });
    const tasks = Array.from({ length: 4 }, (_, i) => ({ key: `k${i}`, description: `planned ${i}` }));
    expect(s.refusal('claude', 'queue_plan', { tasks })).toMatchObject({
      code: 'limit-reached',
      message: expect.stringContaining('hour'),
    });
    expect(s.state.tasks.size).toBe(5);
    s.pass(61);
    expect(s.run('claude', 'queue_plan', { tasks }).ready).toHaveLength(4);
    expect(s.queue('a person may', { to_agent: 'kimi' }).to_agent).toBe('kimi');
  });
});

describe('bounded state', () => {
  it('archives finished tasks beyond the newest and after their days, whose ids still resolve', () => {
    const s = new Scenario({ retention: { finished_tasks: 10 } });
    const ids = Array.from({ length: 20 }, (_, i) => {
      const { task_id } = s.queue(`t${i}`);
      s.claim('reuben', task_id);
      s.complete('reuben', task_id);
      s.pass(1);
      return task_id;
    });
    expect(s.state.tasks.size).toBeLessThanOrEqual(11);
    const child = s.queue('after an archived one', { dependencies: [ids[0] ?? ''] });
    expect(child.waiting_for).toEqual([]);
    expect(s.refusal('reuben', 'claim_task', { task_id: ids[0] })).toMatchObject({ code: 'wrong-state' });
    s.pass(32 * 24 * 60);
    expect(s.state.tasks.size).toBe(1);
  });
});
