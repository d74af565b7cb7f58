import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../src/store/event-store.ts';
import { targetsOf } from '../../src/views/targets.ts';
import { Scenario } from '../support/scenario.ts';

/** What happened, as the journal would have it: the events of one command at one time together. */
function recordsOf({ happened }: Scenario): StoredRecord[] {
  return happened.map(({ event, at, by }, index) => {
    const commands = [{ id: String(index), by, events: [event] }];
    return { seq: index + 1, at, hash: '', commands };
  });
}

const measure = (scenario: Scenario) => targetsOf(recordsOf(scenario), scenario.config, scenario.now);

describe('the targets', () => {
  it('count what the operator queues to an agent, reassigns and requeues, a day', async () => {
    const s = new Scenario();
    const first = s.queue('to an agent', { to_agent: 'kimi' });
    s.queue('to whoever fits');
    s.queue('chosen by the router', { to_agent: 'auto', type: 'research' });
    s.run('reuben', 'override_task', { task_id: first.task_id, action: 'reassign', to_agent: 'claude' });
    for (let n = 0; n < 9; n++) s.queue(`more ${n}`);
    expect((await measure(s)).operator_handoffs_per_day).toEqual({ value: 2, target: '< 3', met: true, cases: 12 });
  });

  it('count the share that rules and agents queue for others', async () => {
    const s = new Scenario();
    for (let n = 0; n < 6; n++) s.queue(`by hand ${n}`, { type: 'draft' });
    for (let n = 0; n < 2; n++) s.queue(`for another ${n}`, { to_agent: 'copilot' }, 'kimi');
    s.queue('for itself', { to_agent: 'kimi' }, 'kimi');
    s.queue('for nobody', {}, 'kimi');
    const { task_id } = s.queue('find out', { type: 'research' });
    s.claim('claude', task_id);
    s.complete('claude', task_id);
    expect(s.events('task_queued')).toHaveLength(12);
    // Two for another agent and the implementation that the research led to.
    expect((await measure(s)).queued_automatically).toEqual({ value: 3 / 12, target: '>= 0.5', met: false, cases: 12 });
  });

  it('count rework that a reviewing agent sends back as passed on without a person', async () => {
    const s = new Scenario();
    for (let n = 0; n < 10; n++) s.queue(`by hand ${n}`, { type: 'draft' });
    const { task_id } = s.queue('do it', { type: 'execution' });
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'no tests' });
    expect((await measure(s)).queued_automatically.value).toBe(1 / 12);
  });

  it('leave out imports and what is older than 7 days', async () => {
    const s = new Scenario();
    for (let n = 0; n < 20; n++) s.queue(`long ago ${n}`, { to_agent: 'kimi' });
    s.pass(8 * 24 * 60);
    const tasks = Array.from({ length: 20 }, (_, n) => ({
      source_id: `x-${n}`,
      description: `imported ${n}`,
      to_agent: 'kimi',
      type: null,
      priority: 'normal' as const,
      depends_on: [],
      context: {},
      created_at: s.now,
      finished: null,
    }));
    s.run('reuben', 'import_tasks', { system: 'beads', tasks });
    for (let n = 0; n < 14; n++) s.queue(`lately ${n}`, { to_agent: 'claude' });
    expect((await measure(s)).operator_handoffs_per_day).toMatchObject({ value: 2, cases: 14 });
  });

  it('say nothing below 10 cases', async () => {
    const s = new Scenario();
    for (let n = 0; n < 9; n++) s.queue(`few ${n}`, { to_agent: 'kimi' });
    const { operator_handoffs_per_day, queued_automatically } = await measure(s);
    expect(operator_handoffs_per_day).toEqual({ value: null, target: '< 3', met: null, cases: 9 });
    expect(queued_automatically).toMatchObject({ value: null, met: null });
  });
});
