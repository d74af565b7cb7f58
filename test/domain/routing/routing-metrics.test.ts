/** What comes of the router's choices. The choices are given: which ones it makes is tested with the router. */
import { describe, expect, it } from 'vitest';
import { evolve } from '../../../src/domain/evolve.ts';
import type { FederationEvent } from '../../../src/domain/events.ts';
import type { Routing } from '../../../src/domain/routing/decision.ts';
import { hourOf } from '../../../src/domain/metrics/metrics.ts';
import { toMillis } from '../../../src/domain/time.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';

const choice: Routing = {
  agent: 'kimi',
  method: 'v2',
  confidence: 0.84,
  reason: 'rules',
  score: 0.84,
  parts: { rules: 0.8, similarity: null, model: null, bonus: 0 },
  rules: [],
  terms: [],
  nearest: [],
  runner_up: null,
  instead_of: null,
  novelty: null,
  outcomes: 0,
  explored: false,
  doubt: null,
  probability: 0.5,
  picks: { v1: 'kimi', v2: 'kimi', learned: 'claude' },
  judged: null,
};

/** A task that the router gave to kimi. */
function routed(s: Scenario, routing: Routing = choice): string {
  const { task_id } = s.queue(`work ${s.happened.length}`, { to_agent: 'kimi', type: 'execution' });
  const last = s.happened.at(-1);
  if (last?.event.type !== 'task_queued') throw new Error('Expected a task to be queued');
  // Queued anew with the choice in it, as the event would have it.
  const event = { ...last.event, task: { ...last.event.task, task_id: `${task_id}0`, routing } };
  happen(s, event, 'reuben');
  return event.task.task_id;
}

function happen(s: Scenario, event: FederationEvent, by: string): void {
  s.happened.push({ event, at: s.now, by });
  evolve(s.state, event, { at: s.now, by });
}

const judged = (s: Scenario, id: string) => s.task(id).routing?.judged;
const all = (row: { entries(): Iterable<[string, number]> } | undefined) => Object.fromEntries(row?.entries() ?? []);
const method = (s: Scenario, name = 'v2') => all(s.state.metrics.methods.get(name));
const hour = (s: Scenario, at = s.now) => all(s.state.metrics.hours.get(hourOf(toMillis(at))));

describe('the router’s choice', () => {
  it('was right where the first attempt succeeds', () => {
    const s = new Scenario();
    const id = routed(s);
    expect(judged(s, id)).toBeNull();
    s.claim('kimi', id);
    s.complete('kimi', id);
    expect(judged(s, id)).toEqual({ right: true, at: s.now });
    expect(method(s)).toEqual({ decisions: 1, judged: 1, right: 1 });
    expect(hour(s)).toMatchObject({ routed_judged: 1, routed_right: 1 });
    expect(all(s.state.metrics.confidences.get('kimi/8'))).toEqual({ count: 1, confidence: 8_400, right: 1 });
  });

  it('was wrong where the first attempt fails, whatever comes after', () => {
    const s = new Scenario();
    const id = routed(s);
    s.claim('kimi', id);
    s.fail('kimi', id);
    s.pass(5);
    s.claim('kimi', id);
    s.complete('kimi', id);
    expect(judged(s, id)?.right).toBe(false);
    expect(method(s)).toEqual({ decisions: 1, judged: 1, right: 0 });
  });

  it('is not judged by a release without another addressee', () => {
    const s = new Scenario();
    const id = routed(s);
    s.claim('kimi', id);
    s.run('kimi', 'release_task', { task_id: id, reason: 'later' });
    expect(judged(s, id)).toBeNull();
    expect(method(s)).toEqual({ decisions: 1 });
  });

  it('was wrong where the task is released to someone else, or reassigned', () => {
    const s = new Scenario();
    const released = routed(s);
    s.claim('kimi', released);
    s.run('kimi', 'release_task', { task_id: released, reason: 'not mine', to_agent: 'copilot' });
    const reassigned = routed(s);
    s.run('reuben', 'override_task', { task_id: reassigned, action: 'reassign', to_agent: 'claude' });
    expect([judged(s, released)?.right, judged(s, reassigned)?.right]).toEqual([false, false]);
    expect(method(s)).toEqual({ decisions: 2, judged: 2, right: 0 });
    // From then on it is a person's choice, which is no case.
    expect(s.task(reassigned).routing).toMatchObject({ agent: 'claude', method: 'forced', probability: null });
    s.claim('claude', reassigned);
    s.complete('claude', reassigned);
    expect(method(s)).toEqual({ decisions: 2, judged: 2, right: 0 });
    expect(s.state.metrics.methods.get('forced')).toBeUndefined();
  });

  it('stays where a task is reassigned to who has it already', () => {
    const s = new Scenario();
    const id = routed(s);
    s.run('reuben', 'override_task', { task_id: id, action: 'reassign', to_agent: 'kimi' });
    expect(s.task(id).routing).toEqual(choice);
  });

  it('made anew at a reassignment is another case', () => {
    const s = new Scenario();
    const id = routed(s);
    const anew: Routing = { ...choice, agent: 'claude', method: 'v1' };
    happen(s, { type: 'task_reassigned', task_id: id, to_agent: 'claude', reason: null, routing: anew }, 'reuben');
    expect(s.task(id).routing).toEqual(anew);
    s.claim('claude', id);
    s.complete('claude', id);
    expect(method(s, 'v2')).toEqual({ decisions: 1, judged: 1, right: 0 });
    expect(method(s, 'v1')).toEqual({ decisions: 1, judged: 1, right: 1 });
  });

  it('was wrong after all when the work is sent back, in the hour in which it counted as right', () => {
    const s = new Scenario();
    const id = routed(s);
    s.claim('kimi', id);
    s.complete('kimi', id);
    const then = s.now;
    s.pass(300);
    s.run('claude', 'review_task', { task_id: id, verdict: 'rework', note: 'no tests' });
    expect(judged(s, id)).toEqual({ right: false, at: then });
    expect(hour(s, then)).toMatchObject({ routed_judged: 1, routed_right: 0 });
    expect(method(s)).toEqual({ decisions: 1, judged: 1, right: 0 });
    expect(all(s.state.metrics.confidences.get('kimi/8'))).toMatchObject({ count: 1, right: 0 });
    expect(all(s.state.metrics.weights.get('v2'))).toEqual({ w: 2, ww: 4, wr: 0, wwr: 0 });
  });

  it('weighs by its probability for the methods that would have chosen the same, and for no other', () => {
    const s = new Scenario();
    for (const fails of [false, true, false]) {
      const id = routed(s);
      s.claim('kimi', id);
      if (fails) s.fail('kimi', id);
      else s.complete('kimi', id);
    }
    for (const name of ['v1', 'v2']) {
      expect(all(s.state.metrics.weights.get(name))).toEqual({ w: 6, ww: 12, wr: 4, wwr: 8 });
    }
    expect(s.state.metrics.weights.get('learned')).toBeUndefined();
  });

  it('of nobody is no decision', () => {
    const s = new Scenario();
    routed(s, { ...choice, agent: null, probability: null });
    expect(s.state.metrics.methods.get('v2')).toBeUndefined();
  });

  it('is judged the same when the journal is folded again', () => {
    const s = new Scenario();
    const ids = Array.from({ length: 6 }, (_, n) => routed(s, { ...choice, probability: 1 / (n + 3) }));
    for (const id of ids.slice(0, 3)) {
      s.claim('kimi', id);
      s.complete('kimi', id);
    }
    s.run('claude', 'review_task', { task_id: ids[1] ?? '', verdict: 'rework', note: 'no' });
    s.run('reuben', 'override_task', { task_id: ids[4] ?? '', action: 'reassign', to_agent: 'auto' });
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
    // Sums of fractions come back to the bit when what was tried is taken back.
    const before = contentsOf(s.state);
    s.state.undo.begin();
    s.run('reuben', 'override_task', { task_id: ids[5] ?? '', action: 'reassign', to_agent: 'claude' });
    s.run('claude', 'review_task', { task_id: ids[0] ?? '', verdict: 'rework', note: 'no' });
    expect(contentsOf(s.state)).not.toEqual(before);
    s.state.undo.rollback();
    expect(contentsOf(s.state)).toEqual(before);
  });
});
