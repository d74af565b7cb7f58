import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorities } from '../../../src/domain/tasks/task.ts';
import { Scenario } from '../../support/scenario.ts';
import { fitOfAll } from '../../../src/domain/tasks/claiming-order.ts';

describe('claiming', () => {
  it('gives the highest priority first, then what is addressed to the caller, then the longest ready', () => {
    const s = new Scenario();
    const open = s.queue('unaddressed, first', { type: 'implementation' });
    s.pass(1);
    const mine = s.queue('addressed, later', { to_agent: 'kimi' });
    const urgent = s.queue('critical, last', { type: 'testing', priority: 'critical' });
    expect([1, 2, 3].map(() => s.claim('kimi').task_id)).toEqual([urgent.task_id, mine.task_id, open.task_id]);
  });

  it('keeps the order of queueing among tasks of one millisecond, beyond 999 too', () => {
    const s = new Scenario();
    const ids = Array.from({ length: 1_002 }, (_, i) => s.queue(`t${i}`).task_id);
    expect(s.state.index.ready.next(fitOfAll(['reuben']), 2_000).map((task) => task.task_id)).toEqual(ids);
  });

  it('fits by addressee, by type, or where no type was given', () => {
    const s = new Scenario();
    const research = s.queue('research', { type: 'research' });
    const copilots = s.queue('for copilot', { to_agent: 'copilot' });
    expect(s.run('kimi', 'claim_task', {}).task).toBeNull();
    expect(s.refusal('kimi', 'claim_task', { task_id: research.task_id })).toMatchObject({ code: 'not-allowed' });
    expect(s.refusal('kimi', 'claim_task', { task_id: copilots.task_id })).toMatchObject({ code: 'not-allowed' });
    const anyones = s.queue('anything');
    expect(s.claim('kimi').task_id).toBe(anyones.task_id);
  });

  it('narrows to the given types', () => {
    const s = new Scenario();
    s.queue('a', { type: 'implementation', priority: 'critical' });
    const b = s.queue('b', { type: 'testing' });
    expect(s.run('kimi', 'claim_task', { types: ['testing'] }).task?.task_id).toBe(b.task_id);
    expect(s.run('kimi', 'claim_task', { types: ['deployment'] }).task).toBeNull();
  });

  it('refuses what is taken, finished, unknown, or blocked, each by its own code', () => {
    const s = new Scenario();
    const taken = s.queue('taken');
    const blocked = s.queue('blocked', { dependencies: [taken.task_id] });
    s.claim('claude', taken.task_id);
    expect(s.refusal('kimi', 'claim_task', { task_id: taken.task_id })).toMatchObject({ code: 'already-claimed' });
    expect(s.refusal('kimi', 'claim_task', { task_id: blocked.task_id })).toMatchObject({
      code: 'not-ready',
      message: expect.stringContaining(taken.task_id),
    });
    expect(s.refusal('kimi', 'claim_task', { task_id: 'task-2026-01-01-001' })).toMatchObject({ code: 'not-found' });
    s.complete('claude', taken.task_id);
    expect(s.refusal('kimi', 'claim_task', { task_id: taken.task_id })).toMatchObject({ code: 'wrong-state' });
  });

  it('gives the same attempt again to the process that holds it, and refuses another process of the agent', () => {
    const s = new Scenario();
    const task = s.queue('held');
    expect(s.claim('claude/one', task.task_id).attempt).toBe(1);
    expect(s.claim('claude/one', task.task_id).attempt).toBe(1);
    expect(s.refusal('claude/two', 'claim_task', { task_id: task.task_id })).toMatchObject({ code: 'already-claimed' });
    expect(s.events('task_claimed')).toHaveLength(1);
  });

  it('stops at the agent’s capacity', () => {
    const s = new Scenario();
    for (let i = 0; i < 4; i++) s.queue(`t${i}`);
    for (let i = 0; i < 3; i++) s.claim('claude');
    expect(s.refusal('claude', 'claim_task', {})).toMatchObject({ code: 'limit-reached' });
  });

  it('lets the fallback take the tasks of an agent on standby, whose addressee stays', () => {
    const s = new Scenario();
    const task = s.queue('for claude', { to_agent: 'claude' });
    expect(s.run('copilot', 'claim_task', {}).task).toBeNull();
    s.run('claude', 'set_availability', { status: 'standby', reason: 'rate limit', until: '2026-02-06T10:00:00.000Z' });
    expect(s.claim('copilot')).toMatchObject({ task_id: task.task_id, to_agent: 'claude' });
    s.queue('another for claude', { to_agent: 'claude' });
    s.pass(61);
    expect(s.state.agents.get('claude')?.status).toBe('available');
    expect(s.run('copilot', 'claim_task', {}).task).toBeNull();
  });

  it('is refused while the federation is paused, and goes on after', () => {
    const s = new Scenario();
    s.queue('t');
    s.run('reuben', 'pause_federation', { reason: 'deploying' });
    expect(s.refusal('claude', 'claim_task', {})).toMatchObject({
      code: 'paused',
      message: expect.stringContaining('deploying'),
    });
    expect(s.run('reuben', 'pause_federation', {})).toEqual({ already: true });
    expect(s.refusal('claude', 'resume_federation', {})).toMatchObject({ code: 'not-allowed' });
    s.run('reuben', 'resume_federation', {});
    s.claim('claude');
  });

  it('never lets a fitting task wait longer than eight claims for each task ready longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...priorities), { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom('high', 'critical'), { minLength: 60, maxLength: 60 }),
        (before, flood) => {
          const s = new Scenario({ agents: { solo: { types: ['work'] } } });
          for (const [i, priority] of before.entries()) s.queue(`early ${i}`, { priority, type: 'work' });
          s.pass(1);
          const patient = s.queue('patient', { priority: 'low', type: 'work' });
          let claims = 0;
          for (let taken = ''; taken !== patient.task_id; claims++) {
            s.pass(1);
            s.queue(`flood ${claims}`, { priority: flood[claims % flood.length], type: 'work' });
            taken = s.claim('solo').task_id;
            s.complete('solo', taken);
          }
          expect(claims).toBeLessThanOrEqual(8 * (before.length + 1));
        },
      ),
      { numRuns: 60 },
    );
  });
});
