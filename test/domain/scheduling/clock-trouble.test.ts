import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../src/domain/commands.ts';
import { decide } from '../../../src/domain/decide.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import type { FederationEvent } from '../../../src/domain/events.ts';
import { span } from '../../../src/domain/scheduling/clock-kinds.ts';
import { addMillis, day, hour, minute } from '../../../src/domain/time.ts';
import { Scenario } from '../../support/scenario.ts';

/** What a tick would bring about now. */
function tick(s: Scenario, more: Partial<DecisionContext>): readonly FederationEvent[] {
  const { config, gone, now, router } = s;
  const context = { now, config, gone, router, actor: s.actor('system'), present: () => s.present };
  return decide(s.state, 'tick', {}, { ...context, random: (n) => s.random(n), ...more }).events;
}

function happen(s: Scenario, more: Partial<DecisionContext>): readonly string[] {
  const events = tick(s, more);
  for (const event of events) evolve(s.state, event, { at: s.now, by: 'system' });
  return events.map(({ type }) => type);
}

const apart = { kind: 'apart', milliseconds: day, isTold: false } as const;

describe('while nobody can tell what time it is', () => {
  it('a tick ends what is held by a process that is gone, and nothing by time', () => {
    const s = new Scenario();
    const [held, lost] = [s.queue('held'), s.queue('lost')];
    s.claim('claude', held.task_id);
    s.claim('kimi', lost.task_id);
    s.queue('later', { not_before: addMillis(s.now, minute) });
    s.gone.add('kimi-1');
    s.now = addMillis(s.now, day);
    expect(tick(s, { isTimeSure: false }).map(({ type }) => type)).toEqual(['lease_lapsed']);
    expect(tick(s, {}).map(({ type }) => type)).toContain('start_times_reached');
  });

  it('the operator is asked once, and no longer when it is over', () => {
    const s = new Scenario();
    expect(happen(s, { isTimeSure: false, clockTrouble: apart })).toEqual(['escalation_opened']);
    expect(happen(s, { isTimeSure: false, clockTrouble: apart })).toEqual([]);
    expect(happen(s, {})).toEqual([]);
    expect(happen(s, { clockTrouble: null })).toEqual(['escalation_closed']);
    expect(happen(s, { clockTrouble: { ...apart, isTold: true } })).toEqual([]);
  });
});

it('says how long clocks differ in the unit that fits', () => {
  expect([61_000, 20 * minute, -3 * hour, 30 * day].map(span)).toEqual(['1 min', '20 min', '3 h', '30 days']);
});
