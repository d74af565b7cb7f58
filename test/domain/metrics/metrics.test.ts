import { describe, expect, it } from 'vitest';
import { countsOf } from '../../../src/domain/routing/bonuses.ts';
import { medianOf } from '../../../src/domain/metrics/histogram.ts';
import { dayOf, hourOf } from '../../../src/domain/metrics/metrics.ts';
import { restoreState } from '../../../src/domain/restore-state.ts';
import { minute, toMillis } from '../../../src/domain/time.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const all = (row: { entries(): Iterable<[string, number]> } | undefined) => Object.fromEntries(row?.entries() ?? []);
const pair = (s: Scenario, key: string) => all(s.state.metrics.pairs.get(key));
const today = (s: Scenario) => all(s.state.metrics.days.get(dayOf(toMillis(s.now))));
const thisHour = (s: Scenario) => all(s.state.metrics.hours.get(hourOf(toMillis(s.now))));
const agent = (s: Scenario, name: string) => all(s.state.metrics.agents.get(name));

/** Queued, claimed, and completed after some minutes. */
function done(s: Scenario, who: string, minutes = 10, more: Parameters<Scenario['queue']>[1] = {}): string {
  const { task_id } = s.queue(`work ${s.happened.length}`, { to_agent: who, type: 'execution', ...more });
  s.claim(who, task_id);
  s.pass(minutes);
  s.complete(who, task_id);
  return task_id;
}

describe('an attempt', () => {
  it('that succeeds counts for its agent, for its type, and with its minutes', () => {
    const s = new Scenario();
    done(s, 'kimi', 10);
    done(s, 'kimi', 30, { type: 'deployment' });
    expect(pair(s, 'kimi')).toEqual({ successes: 2, timed: 2, duration: 40 * minute });
    expect(pair(s, 'kimi/execution')).toEqual({ successes: 1, timed: 1, duration: 10 * minute });
    expect(pair(s, 'kimi/deployment')).toEqual({ successes: 1, timed: 1, duration: 30 * minute });
    expect(today(s)).toMatchObject({ queued: 2, completed: 2, successes: 2 });
  });

  it('takes as long as the agent says it did, and claim to completion where it says nothing', () => {
    const s = new Scenario();
    const { task_id } = s.queue('work', { to_agent: 'kimi', type: 'execution' });
    s.claim('kimi', task_id);
    s.pass(60);
    s.complete('kimi', task_id, 'done', { duration_minutes: 7.5 });
    expect(pair(s, 'kimi/execution')).toMatchObject({ timed: 1, duration: 7.5 * minute });
    // The target is about the time until it was done, whatever the agent says of its own part.
    expect(thisHour(s)).toMatchObject({ completions: 1, completion_time: 60 * minute });
  });

  it('that fails counts as one failure each time, and the task once when it fails for good', () => {
    const s = new Scenario();
    const { task_id } = s.queue('work', { to_agent: 'kimi', type: 'execution', max_attempts: 2 });
    for (let n = 0; n < 2; n++) {
      s.claim('kimi', task_id);
      s.fail('kimi', task_id);
      s.pass(60);
    }
    expect(pair(s, 'kimi/execution')).toMatchObject({ failures: 2 });
    expect(s.state.metrics.total.get('failed')).toBe(1);
  });

  it('that is released, or lapses, is none', () => {
    const s = new Scenario();
    const { task_id } = s.queue('work', { to_agent: 'kimi' });
    s.claim('kimi', task_id);
    s.run('kimi', 'release_task', { task_id, reason: 'not now' });
    s.claim('kimi', task_id);
    s.gone.add('kimi-1');
    s.pass(5);
    expect(s.events('lease_lapsed')).toHaveLength(1);
    expect(pair(s, 'kimi')).toEqual({});
  });

  it('is no success any more once its work is sent back', () => {
    const s = new Scenario();
    const task_id = done(s, 'kimi');
    done(s, 'kimi');
    s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'no tests' });
    expect(pair(s, 'kimi/execution')).toMatchObject({ successes: 1, sent_back: 1 });
    expect(countsOf(s.state.metrics.pairs.get('kimi'))).toEqual({ successes: 1, failures: 1 });
  });

  it('is nobody’s where the operator closes a task, held by an agent or by nobody, even when it is sent back', () => {
    const s = new Scenario();
    const unclaimed = s.queue('work').task_id;
    const held = s.queue('more work', { to_agent: 'kimi' }).task_id;
    s.claim('kimi', held);
    for (const task_id of [unclaimed, held]) {
      s.run('reuben', 'override_task', { task_id, action: 'complete' });
      s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'not done' });
    }
    expect([...s.state.metrics.pairs.keys()]).toEqual([]);
    expect(s.state.metrics.total.get('completed')).toBe(2);
  });

  it('on an imported task counts, though not towards the targets, and what was finished before it came does not', () => {
    const s = new Scenario();
    const imported = {
      source_id: 'x-1',
      description: 'imported',
      to_agent: 'kimi',
      type: 'execution',
      priority: 'normal',
      depends_on: [],
      context: {},
      created_at: s.now,
      finished: null,
    } as const;
    const { ids } = s.run('reuben', 'import_tasks', { system: 'beads', tasks: [imported] });
    const task_id = ids['x-1'] ?? '';
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    expect(pair(s, 'kimi')).toMatchObject({ successes: 1 });
    expect(today(s)).toMatchObject({ completed: 1, successes: 1 });
    expect(today(s)).not.toHaveProperty('queued');
    expect([...s.state.metrics.hours.entries()]).toEqual([]);
    const before = {
      ...imported,
      source_id: 'x-2',
      finished: { status: 'completed', at: s.now, summary: 'x' },
    } as const;
    s.run('reuben', 'import_tasks', { system: 'beads', tasks: [before] });
    expect(s.state.metrics.total.get('completed')).toBe(1);
    expect(s.state.metrics.queuedOfType('execution')).toBe(0);
  });
});

it('the median of minutes is right to 2 per cent, from seconds to days', () => {
  for (const minutes of [0.1, 1, 7, 45, 600, 5_000]) {
    const s = new Scenario({ leases: { hold_minutes: 10_000, lease_minutes: 1_000 } });
    for (const factor of [0.5, 1, 3]) {
      s.run('reuben', 'record_outcome', {
        agent: 'kimi',
        type: 'execution',
        success: true,
        duration_minutes: minutes * factor,
      });
    }
    const median = medianOf(s.state.metrics.durations.get('kimi/execution')) ?? Number.NaN;
    expect(Math.abs(median / (minutes * minute) - 1)).toBeLessThan(0.0205);
  }
});

describe('of the queue', () => {
  it('is counted how long tasks waited from ready to their first claim', () => {
    const s = new Scenario();
    const first = s.queue('first', { to_agent: 'kimi' });
    const second = s.queue('second', { to_agent: 'kimi', dependencies: [first.task_id] });
    s.pass(20);
    s.claim('kimi', first.task_id);
    s.pass(15);
    s.complete('kimi', first.task_id);
    s.pass(40);
    s.claim('kimi', second.task_id);
    s.fail('kimi', second.task_id);
    s.pass(60);
    s.claim('kimi', second.task_id);
    expect(all(s.state.metrics.total)).toMatchObject({ waits: 2, waiting: 60 * minute });
    expect(today(s)).toMatchObject({ waits: 2, waiting: 60 * minute });
  });

  it('is kept how many tasks were open at the end of each day', () => {
    const s = new Scenario();
    const day = dayOf(toMillis(s.now));
    for (let n = 0; n < 3; n++) s.queue(`task ${n}`);
    s.pass(24 * 60);
    s.queue('another day');
    done(s, 'kimi');
    s.pass(24 * 60);
    s.queue('yet another');
    expect(s.state.metrics.days.get(day)?.get('open')).toBe(3);
    expect(s.state.metrics.days.get(day + 1)?.get('open')).toBe(4);
  });

  it('is known whether a type was ever queued', () => {
    const s = new Scenario();
    s.queue('find out', { type: 'research' });
    expect(s.state.metrics.queuedOfType('research')).toBe(1);
    expect(s.state.metrics.queuedOfType('deployment')).toBe(0);
  });

  it('days are forgotten after 400, hours after 8 days, what agents did never', () => {
    const s = new Scenario();
    done(s, 'kimi');
    const [firstDay] = [...s.state.metrics.days.keys()];
    for (let n = 0; n < 45; n++) {
      s.pass(9 * 24 * 60);
      s.queue(`week ${n}`);
    }
    expect([...s.state.metrics.days.keys()]).not.toContain(firstDay);
    expect(s.state.metrics.days.get(dayOf(toMillis(s.now)))?.get('queued')).toBe(1);
    expect([...s.state.metrics.hours.keys()]).toHaveLength(1);
    expect(pair(s, 'kimi')).toMatchObject({ successes: 1 });
  });
});

describe('a hand-off', () => {
  it('is the operator’s where they queue for an agent of their choice, reassign or requeue', () => {
    const s = new Scenario();
    const { task_id } = s.queue('to an agent', { to_agent: 'kimi' });
    s.queue('to whoever fits');
    s.queue('to the operator', { to_agent: 'reuben' });
    s.queue('chosen by the router', { to_agent: 'auto', type: 'research' });
    s.run('reuben', 'override_task', { task_id, action: 'reassign', to_agent: 'copilot' });
    expect(today(s)).toMatchObject({ queued: 4, operator_handoffs: 2 });
    expect(agent(s, 'kimi')).toMatchObject({ received_from_person: 1 });
    expect(agent(s, 'copilot')).toMatchObject({ received_from_person: 1 });
  });

  it('is one where a task is requeued for someone else in one go', () => {
    const s = new Scenario();
    const { task_id } = s.queue('work');
    s.run('reuben', 'cancel_task', { task_id, reason: 'not now' });
    s.run('reuben', 'override_task', { task_id, action: 'requeue', to_agent: 'kimi' });
    expect(s.events('task_reassigned')).toHaveLength(1);
    expect(today(s)).toMatchObject({ operator_handoffs: 1 });
  });

  it('is autonomous where an agent queues for another, a rule does, or a reviewing agent sends back', () => {
    const s = new Scenario();
    s.queue('for another', { to_agent: 'copilot' }, 'kimi');
    s.queue('for itself', { to_agent: 'kimi' }, 'kimi');
    s.queue('for the operator', { to_agent: 'reuben' }, 'kimi');
    s.queue('for nobody', {}, 'kimi');
    expect(today(s)).toMatchObject({ automatic: 1 });
    expect(agent(s, 'kimi')).toMatchObject({ handed_over: 1 });
    expect(agent(s, 'copilot')).toMatchObject({ received: 1 });

    const task_id = done(s, 'claude', 1, { type: 'research' });
    expect(s.events('task_queued').at(-1)?.task).toMatchObject({ caused_by: { kind: 'rule' }, to_agent: 'kimi' });
    expect(today(s)).toMatchObject({ automatic: 2 });
    expect(agent(s, 'claude')).toMatchObject({ handed_over: 1 });

    s.run('copilot', 'review_task', { task_id, verdict: 'rework', note: 'more' });
    expect(today(s)).toMatchObject({ automatic: 3 });
  });

  it('is none where a person sends work back', () => {
    const s = new Scenario();
    const task_id = done(s, 'kimi');
    s.run('reuben', 'review_task', { task_id, verdict: 'rework', note: 'more' });
    expect(s.events('task_queued').at(-1)).toMatchObject({ by_person: true, task: { to_agent: 'kimi' } });
    expect(today(s)['automatic']).toBeUndefined();
  });
});

it('availability is the time in each status since an agent was first seen', () => {
  const s = new Scenario();
  s.run('kimi', 'start_session', { seen: 0 });
  s.pass(30);
  s.run('kimi', 'set_availability', { status: 'standby', until: '2026-02-06T11:00:00.000Z' });
  s.pass(90);
  // Back by itself, with the tick.
  expect(agent(s, 'kimi')).toEqual({
    since: toMillis('2026-02-06T11:00:00.000Z'),
    available: 30 * minute,
    standby: 90 * minute,
  });
});

describe('a vote', () => {
  const ballot = { choice: 'yes', confidence: 0.9, reasoning: 'because' } as const;
  const opened = (s: Scenario, stakes: 'normal' | 'high' = 'normal'): string =>
    s.run('claude', 'open_vote', {
      question: 'Shall we?',
      options: ['yes', 'no'],
      eligible: ['claude', 'kimi'],
      stakes,
    }).vote.vote_id;
  const cast = (s: Scenario, vote_id: string, confidence = 0.9): void => {
    for (const who of ['claude', 'kimi']) s.run(who, 'cast_vote', { vote_id, ...ballot, confidence });
  };

  it('is counted when it closes, and whether the agents decided it', () => {
    const s = new Scenario();
    cast(s, opened(s));
    cast(s, opened(s), 0.2);
    s.run('reuben', 'decide_vote', { vote_id: opened(s), choice: 'no', reason: 'I know' });
    expect(thisHour(s)).toEqual({ votes_closed: 3, votes_by_agents: 1 });
  });

  it('of high stakes is not counted: those are always confirmed', () => {
    const s = new Scenario();
    cast(s, opened(s, 'high'));
    expect(s.events('vote_escalated')).toHaveLength(1);
    expect(thisHour(s)).toEqual({});
  });

  it('is counted once when the operator extends it, and was not left to the agents when they overrule it', () => {
    const s = new Scenario();
    const extended = opened(s);
    cast(s, extended, 0.6);
    s.pass(1);
    s.run('reuben', 'extend_vote', { vote_id: extended, minutes: 30 });
    // With kimi's first ballot, which is still there: a mean of 0.80.
    s.run('claude', 'cast_vote', { vote_id: extended, ...ballot, confidence: 1 });
    expect(s.state.votes.get(extended)?.status).toBe('decided');
    expect(thisHour(s)).toEqual({ votes_closed: 1 });
    const overruled = opened(s);
    cast(s, overruled);
    s.pass(24 * 60);
    s.run('reuben', 'decide_vote', { vote_id: overruled, choice: 'no', reason: 'it was wrong' });
    const [row] = [...s.state.metrics.hours.entries()].map(([, hour]) => all(hour));
    expect(row).toEqual({ votes_closed: 2, votes_by_agents: 0 });
  });
});

it('a checkpoint carries everything that was counted', () => {
  const s = new Scenario();
  const task_id = done(s, 'kimi');
  s.run('claude', 'review_task', { task_id, verdict: 'rework', note: 'more' });
  s.run('kimi', 'set_availability', { status: 'busy' });
  for (let n = 0; n < 6; n++) s.run('reuben', 'record_outcome', { agent: 'ollama', type: 'draft', success: false });
  s.run('reuben', 'optimize_routing', { apply: true });
  const sections = JSON.parse(JSON.stringify(s.state.toSections()));
  expect(contentsOf(restoreState(sections))).toEqual(contentsOf(s.state));
  const counted = new Set(sections.metrics.map(({ counter }: { counter: string }) => counter));
  expect([...counted].toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    'agents',
    'courses',
    'days',
    'durations',
    'hours',
    'pairs',
    'totals',
    'types',
    'waits',
  ]);
  expect(() => restoreState({ ...sections, metrics: [{ counter: 'later', key: 'x', values: [] }] })).toThrow(TypeError);
});
