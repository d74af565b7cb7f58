import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../src/views/targets.ts';
import { Scenario } from '../support/scenario.ts';

const measure = (s: Scenario) => targetsOf(s.state, s.now);

describe('the targets', () => {
  it('count what the operator queues to an agent, reassigns and requeues, a day', () => {
    const s = new Scenario();
    const first = s.queue('to an agent', { to_agent: 'kimi' });
    s.queue('to whoever fits');
    s.queue('chosen by the router', { to_agent: 'auto', type: 'research' });
    s.run('reuben', 'override_task', { task_id: first.task_id, action: 'reassign', to_agent: 'claude' });
    for (let n = 0; n < 9; n++) s.queue(`more ${n}`);
    expect(measure(s).operator_handoffs_per_day).toEqual({ value: 2, target: '< 3', met: true, cases: 12 });
  });

  it('count the share that rules and agents queue for others', () => {
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
    expect(measure(s).queued_automatically).toEqual({ value: 3 / 12, target: '>= 0.5', met: false, cases: 12 });
  });

  it('count rework that a reviewing agent sends back as passed on without a person', () => {
    const s = new Scenario();
    for (let n = 0; n < 10; n++) s.queue(`by hand ${n}`, { type: 'draft' });
    const { task_id } = s.queue('do it', { type: 'execution' });
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'no tests' });
    expect(measure(s).queued_automatically.value).toBe(1 / 12);
  });

  it('leave out imports and what is older than 7 days', () => {
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
    expect(measure(s).operator_handoffs_per_day).toMatchObject({ value: 2, cases: 14 });
  });

  it('say nothing below 10 cases', () => {
    const s = new Scenario();
    for (let n = 0; n < 9; n++) s.queue(`few ${n}`, { to_agent: 'kimi' });
    const { operator_handoffs_per_day, queued_automatically } = measure(s);
    expect(operator_handoffs_per_day).toEqual({ value: null, target: '< 3', met: null, cases: 9 });
    expect(queued_automatically).toMatchObject({ value: null, met: null });
  });

  it('count votes that agents decided of those closed', () => {
    const s = new Scenario();
    for (let n = 0; n < 10; n++) {
      const { vote } = s.run('claude', 'open_vote', {
        question: `Question ${n}?`,
        options: ['yes', 'no'],
        eligible: ['claude', 'kimi'],
      });
      const confidence = n < 8 ? 0.9 : 0.3;
      for (const who of ['claude', 'kimi']) {
        s.run(who, 'cast_vote', { vote_id: vote.vote_id, choice: 'yes', confidence, reasoning: 'because' });
      }
    }
    expect(measure(s).decided_by_agents).toEqual({ value: 0.8, target: '>= 0.8', met: true, cases: 10 });
  });

  it('count the routed tasks whose first attempt was right', () => {
    const s = new Scenario();
    for (let n = 0; n < 12; n++) {
      const { task_id, to_agent } = s.queue(`routed ${n}`, { to_agent: 'auto', type: 'deployment' });
      const chosen = to_agent ?? 'nobody';
      s.claim(chosen, task_id);
      if (n === 0) s.fail(chosen, task_id);
      else s.complete(chosen, task_id);
      if (n === 1) s.run('reuben', 'review_task', { task_id, verdict: 'rework', note: 'no tests' });
    }
    expect(measure(s).routing_accuracy).toEqual({ value: 10 / 12, target: '> 0.92', met: false, cases: 12 });
  });

  it('compare the time from claim to completion with the first week’s, once that is over', () => {
    const s = new Scenario();
    const work = (minutes: number): void => {
      const { task_id } = s.queue(`work ${s.happened.length}`, { to_agent: 'kimi' });
      s.claim('kimi', task_id);
      s.pass(minutes);
      s.complete('kimi', task_id);
    };
    for (let n = 0; n < 10; n++) work(20);
    expect(measure(s).completion_time).toMatchObject({ value: null, met: null, minutes: 20, baseline_minutes: null });
    s.pass(8 * 24 * 60);
    for (let n = 0; n < 9; n++) work(15);
    expect(measure(s).completion_time).toMatchObject({ value: null, met: null, cases: 9, baseline_minutes: 20 });
    work(15);
    expect(measure(s).completion_time).toEqual({
      value: -0.25,
      target: '<= -0.2',
      met: true,
      cases: 10,
      minutes: 15,
      baseline_minutes: 20,
    });
  });

  it('look back over whole hours, the one that runs included', () => {
    const s = new Scenario();
    for (let n = 0; n < 10; n++) s.queue(`early ${n}`);
    s.pass(7 * 24 * 60 - 61);
    expect(measure(s).queued_automatically.cases).toBe(10);
    s.pass(61);
    expect(measure(s).queued_automatically.cases).toBe(0);
    expect(measure(s)).toMatchObject({ from: '2026-02-06T10:00:00.000Z', to: '2026-02-13T09:00:00.000Z' });
  });
});
