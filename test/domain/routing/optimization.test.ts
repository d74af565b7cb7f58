import { describe, expect, it } from 'vitest';
import { bonusesFor, planBonusesFor } from '../../../src/domain/routing/bonuses.ts';
import { Scenario } from '../../support/scenario.ts';

function record(s: Scenario, agent: string, successes: number, failures: number, type = 'implementation'): void {
  for (let n = 0; n < successes + failures; n++) {
    s.run('reuben', 'record_outcome', { agent, type, success: n < successes });
  }
}

/** The seeded history of the requirement: 20 tasks each. */
function seeded(): Scenario {
  const s = new Scenario();
  record(s, 'kimi', 19, 1);
  record(s, 'claude', 12, 8);
  record(s, 'ollama', 6, 14);
  return s;
}

const inForce = (s: Scenario, type: string | null = 'implementation') => Object.fromEntries(bonusesFor(s.state, type));

describe('optimising', () => {
  it('boosts 95 per cent of 20, leaves 60 per cent alone, and penalises 30 per cent', () => {
    const s = seeded();
    const { changes, unchanged, optimization_id } = s.run('reuben', 'optimize_routing', { apply: true });
    expect(optimization_id).toBe('optimization-2026-02-06-001');
    expect(changes).toMatchObject([
      { agent: 'kimi', type: 'implementation', successes: 19, failures: 1, before: 0, after: 0.05 },
      { agent: 'ollama', type: 'implementation', successes: 6, failures: 14, before: 0, after: -0.05 },
    ]);
    expect(unchanged).toMatchObject([{ agent: 'claude', successes: 12, failures: 8, before: 0, after: 0 }]);
    expect(changes[0]?.low).toBeGreaterThan(0.8);
    expect(changes[1]?.high).toBeLessThan(0.5);
    expect(inForce(s)).toEqual({ kimi: 0.05, ollama: -0.05 });
  });

  it('finds six successes of six too few to tell', () => {
    const s = new Scenario();
    record(s, 'kimi', 6, 0);
    const { changes, unchanged } = s.run('reuben', 'optimize_routing', {});
    expect(changes).toEqual([]);
    expect(unchanged).toMatchObject([{ agent: 'kimi', successes: 6, before: 0, after: 0 }]);
  });

  it('does not look at five outcomes or fewer', () => {
    const s = new Scenario();
    record(s, 'kimi', 0, 5);
    expect(s.run('reuben', 'optimize_routing', {})).toMatchObject({ changes: [], unchanged: [] });
  });

  it('changes nothing dry, and nothing again where nothing is to be changed', () => {
    const s = seeded();
    expect(s.run('reuben', 'optimize_routing', {})).toMatchObject({ done: 'nothing', optimization_id: null });
    expect(inForce(s)).toEqual({});
    s.run('reuben', 'optimize_routing', { apply: true });
    expect(s.run('reuben', 'optimize_routing', { apply: true })).toMatchObject({ done: 'nothing', changes: [] });
    expect(s.events('optimization_applied')).toHaveLength(1);
  });

  it('holds the whole table before and after, and is reverted step by step', () => {
    const s = seeded();
    s.run('reuben', 'optimize_routing', { apply: true });
    record(s, 'kimi', 0, 40);
    s.run('reuben', 'optimize_routing', { apply: true });
    expect(inForce(s)).toEqual({ kimi: -0.05, ollama: -0.05 });
    expect(s.events('optimization_applied')[1]).toMatchObject({
      optimization_id: 'optimization-2026-02-06-002',
      before: [{ agent: 'kimi', bonus: 0.05 }, { agent: 'ollama' }],
      after: [{ agent: 'kimi', bonus: -0.05 }, { agent: 'ollama' }],
    });
    expect(s.run('reuben', 'optimize_routing', { revert: true })).toMatchObject({
      done: 'reverted',
      optimization_id: 'optimization-2026-02-06-002',
      changes: [{ agent: 'kimi', before: -0.05, after: 0.05 }],
    });
    expect(inForce(s)).toEqual({ kimi: 0.05, ollama: -0.05 });
    s.run('reuben', 'optimize_routing', { revert: true });
    expect(inForce(s)).toEqual({});
    expect(s.refusal('reuben', 'optimize_routing', { revert: true })).toMatchObject({ code: 'wrong-state' });
  });

  it('takes the bonus of an agent that has left the roster', () => {
    const s = seeded();
    s.run('reuben', 'optimize_routing', { apply: true });
    const later = new Scenario({ agents: { kimi: { types: ['implementation'] } }, scheduling: { rules: [] } });
    for (const { event, at, by } of s.happened) later.happened.push({ event, at, by });
    const state = later.replayed();
    Object.assign(later, { state });
    expect(later.run('reuben', 'optimize_routing', { apply: true }).changes).toMatchObject([
      { agent: 'ollama', before: -0.05, after: 0 },
    ]);
    expect(inForce(later)).toEqual({ kimi: 0.05 });
  });

  it('is the operator’s, and one thing at a time', () => {
    const s = seeded();
    expect(s.refusal('kimi', 'optimize_routing', {})).toMatchObject({ code: 'not-allowed' });
    expect(s.refusal('reuben', 'optimize_routing', { apply: true, revert: true })).toMatchObject({ code: 'invalid' });
  });
});

it('the plan’s bonus of v2 follows from the success rate, of the type or over all types', () => {
  const s = seeded();
  record(s, 'kimi', 0, 20, 'draft');
  const rounded = (type: string | null) =>
    Object.fromEntries(
      [...planBonusesFor(s.state, type)].map(([name, bonus]) => [name, Math.round(bonus * 1e6) / 1e6]),
    );
  expect(rounded('implementation')).toEqual({ kimi: 0.015, claude: -0.02, ollama: -0.05 });
  expect(rounded('review')).toEqual({ kimi: 0, claude: 0, ollama: 0 });
  expect(rounded(null)).toMatchObject({ kimi: -0.0325 });
});

describe('an outcome recorded by hand', () => {
  it('counts like an attempt, and keeps all it was told', () => {
    const s = new Scenario();
    s.run('reuben', 'record_outcome', {
      agent: 'kimi',
      type: 'draft',
      success: true,
      description: ' wrote it ',
      duration_minutes: 12,
    });
    s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'draft', success: true, rework: true });
    s.run('reuben', 'record_outcome', { agent: 'kimi', type: 'draft', success: false });
    expect(Object.fromEntries(s.state.metrics.pairs.get('kimi/draft')?.entries() ?? [])).toEqual({
      successes: 1,
      sent_back: 1,
      failures: 1,
      timed: 1,
      duration: 720_000,
    });
    expect(s.events('outcome_recorded')[0]).toEqual({
      type: 'outcome_recorded',
      agent: 'kimi',
      task_type: 'draft',
      success: true,
      description: 'wrote it',
      duration_minutes: 12,
      rework: false,
    });
  });

  it('is refused for an unknown agent, from an agent, and for a failure that was sent back', () => {
    const s = new Scenario();
    const args = { agent: 'kimi', type: 'draft', success: true };
    expect(s.refusal('reuben', 'record_outcome', { ...args, agent: 'nobody' })).toMatchObject({
      code: 'unknown-agent',
    });
    expect(s.refusal('reuben', 'record_outcome', { ...args, agent: 'reuben' })).toMatchObject({
      code: 'unknown-agent',
    });
    expect(s.refusal('kimi', 'record_outcome', args)).toMatchObject({ code: 'not-allowed' });
    const contradicting = { ...args, success: false, rework: true };
    expect(s.refusal('reuben', 'record_outcome', contradicting)).toMatchObject({ code: 'invalid' });
  });
});
