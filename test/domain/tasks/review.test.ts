import { call, callsIn } from '../../../src/domain/advice.ts';
import { describe, expect, it } from 'vitest';
import { Scenario } from '../../support/scenario.ts';

function worked(s: Scenario) {
  const work = s.queue('Build the parser', { type: 'implementation', to_agent: 'kimi' });
  const review = s.queue('Review the parser', { type: 'review', to_agent: 'claude', dependencies: [work.task_id] });
  const after = s.queue('Ship it', { type: 'deployment', dependencies: [work.task_id, review.task_id] });
  s.claim('kimi', work.task_id);
  s.complete('kimi', work.task_id, 'built', { artifacts: ['src/parser.ts'] });
  s.claim('claude', review.task_id);
  return { work, review, after };
}

describe('reviewing', () => {
  it('accepts work and completes the reviewer’s own review task', () => {
    const s = new Scenario();
    const { work, review, after } = worked(s);
    expect(s.task(review.task_id).subject).toBe(work.task_id);
    s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'accept', note: 'clear and tested' });
    expect(s.task(review.task_id)).toMatchObject({
      status: 'completed',
      result: { summary: 'accept: clear and tested' },
    });
    expect(s.task(after.task_id).waiting_for).toEqual([]);
  });

  it('of the review itself is told which work it judges', () => {
    const s = new Scenario();
    const { work, review } = worked(s);
    const refusal = s.refusal('claude', 'review_task', { task_id: review.task_id, verdict: 'accept', note: 'fine' });
    expect(refusal).toMatchObject({ code: 'invalid', message: expect.stringContaining(`the work is ${work.task_id}`) });
    expect(callsIn(refusal.next)).toEqual([call('review_task', { task_id: work.task_id })]);
  });

  it('does not send back what a person has accepted, unless a person does', () => {
    const s = new Scenario();
    const { work } = worked(s);
    s.run('reuben', 'review_task', { task_id: work.task_id, verdict: 'accept', note: 'good enough' });
    const rework = { task_id: work.task_id, verdict: 'rework', note: 'not for me' } as const;
    expect(s.refusal('claude', 'review_task', rework)).toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('reuben already gave the verdict accept'),
    });
    expect(s.run('claude', 'review_task', { ...rework, verdict: 'accept' }).rework).toBeNull();
    expect(s.run('reuben', 'review_task', rework).rework?.rework_of).toBe(work.task_id);
  });

  it('sends work back as a new task for who did it, and lets unclaimed dependents wait for that', () => {
    const s = new Scenario();
    const { work, after } = worked(s);
    const { rework } = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'no tests' });
    expect(rework).toMatchObject({
      rework_of: work.task_id,
      rework_round: 1,
      type: 'implementation',
      to_agent: 'kimi',
      status: 'pending',
    });
    expect(rework?.description).toMatch(/^Rework of task-2026-02-06-001: no tests\n\nBuild the parser/);
    expect(s.task(after.task_id).waiting_for).toEqual([rework?.task_id]);
    s.claim('kimi', rework?.task_id);
    s.complete('kimi', rework?.task_id ?? '', 'with tests');
    expect(s.task(after.task_id).ready_since).toBe(s.now);
  });

  it('is refused for one’s own work, unfinished work, and work that was sent back already', () => {
    const s = new Scenario();
    const { work, after } = worked(s);
    const verdict = (task_id: string) => ({ task_id, verdict: 'rework' as const, note: 'n' });
    expect(s.refusal('kimi', 'review_task', verdict(work.task_id))).toMatchObject({ code: 'not-allowed' });
    expect(s.refusal('claude', 'review_task', verdict(after.task_id))).toMatchObject({ code: 'wrong-state' });
    s.run('claude', 'review_task', verdict(work.task_id));
    expect(s.refusal('copilot', 'review_task', verdict(work.task_id))).toMatchObject({ code: 'wrong-state' });
  });

  it('asks the operator instead of sending work back a fourth time, and loses nothing', () => {
    const s = new Scenario();
    let { task_id } = worked(s).work;
    for (let round = 1; round <= 4; round++) {
      const { rework, escalated } = s.run('claude', 'review_task', {
        task_id,
        verdict: 'rework',
        note: `round ${round}`,
      });
      expect(escalated).toBe(round === 4);
      task_id = rework?.task_id ?? '';
      if (round === 4) break;
      s.claim('kimi', task_id);
      s.complete('kimi', task_id, `try ${round}`);
    }
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'rework-rounds', task_id }]);
    expect(s.refusal('kimi', 'claim_task', { task_id })).toMatchObject({ code: 'not-ready' });
    s.run('reuben', 'override_task', { task_id, action: 'approve' });
    expect(s.state.escalations.size).toBe(0);
    expect(s.claim('kimi', task_id).rework_of).toBe('task-2026-02-06-001');
  });

  it('lets what waits for the verdict wait for the rework, too', () => {
    const s = new Scenario();
    const work = s.queue('Build it', { type: 'implementation', to_agent: 'kimi' });
    const review = s.queue('Review it', { type: 'review', to_agent: 'claude', dependencies: [work.task_id] });
    const ship = s.queue('Ship it', { dependencies: [review.task_id] });
    s.claim('kimi', work.task_id);
    s.complete('kimi', work.task_id);
    s.claim('claude', review.task_id);
    const { rework } = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'not yet' });
    expect(s.task(ship.task_id)).toMatchObject({ dependencies: [rework?.task_id], ready_since: null });
    expect(s.refusal('copilot', 'claim_task', { task_id: ship.task_id })).toMatchObject({ code: 'not-ready' });
  });

  it('sends work back to who did it, not to who closed it', () => {
    const s = new Scenario();
    const work = s.queue('Build it', { type: 'implementation' });
    s.claim('kimi', work.task_id);
    s.run('reuben', 'override_task', { task_id: work.task_id, action: 'complete' });
    expect(s.refusal('kimi', 'review_task', { task_id: work.task_id, verdict: 'accept', note: 'mine' })).toMatchObject({
      code: 'not-allowed',
    });
    const { rework } = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'no' });
    expect(rework?.to_agent).toBe('kimi');
  });
});

describe('a rework that was cancelled', () => {
  it('leaves the work to be judged again, as it is', () => {
    const s = new Scenario();
    const { work } = worked(s);
    const verdict = (kind: 'accept' | 'rework') => ({ task_id: work.task_id, verdict: kind, note: kind });
    const first = s.run('claude', 'review_task', verdict('rework')).rework?.task_id ?? '';
    s.run('reuben', 'cancel_task', { task_id: first, reason: 'good enough' });
    const second = s.run('claude', 'review_task', verdict('rework')).rework?.task_id ?? '';
    expect(second).not.toBe(first);
    expect(s.refusal('claude', 'review_task', verdict('accept'))).toMatchObject({
      message: expect.stringContaining(second),
    });
    s.run('reuben', 'cancel_task', { task_id: second, reason: 'good enough, really' });
    s.run('copilot', 'review_task', verdict('accept'));
    expect(s.task(work.task_id).reviews.at(-1)).toMatchObject({ by: 'copilot', verdict: 'accept' });
  });

  it('that failed instead still stands for the work, and says who can go on', () => {
    const s = new Scenario();
    const { work } = worked(s);
    const again = s.run('claude', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'n' }).rework;
    s.claim('kimi', again?.task_id);
    s.fail('kimi', again?.task_id ?? '', { retryable: false });
    const judge = { task_id: work.task_id, verdict: 'accept', note: 'n' } as const;
    expect(s.refusal('claude', 'review_task', judge).next).toContain('requeue');
  });
});

describe('completing a review task', () => {
  const plain = (task_id: string) => ({ task_id, outcome: 'success', summary: 'looks good' }) as const;

  it('is refused while a verdict can be given, and says how to give it; giving up stays possible', () => {
    const s = new Scenario();
    const { work, review, after } = worked(s);
    const refused = s.refusal('claude', 'complete_task', plain(review.task_id));
    expect(refused.code).toBe('wrong-state');
    expect(callsIn(refused.next)).toEqual([call('review_task', { task_id: work.task_id })]);
    expect(s.task(after.task_id).waiting_for).toContain(review.task_id);
    s.run('claude', 'release_task', { task_id: review.task_id, reason: 'not now' });
    s.claim('claude', review.task_id);
    expect(s.fail('claude', review.task_id).task.status).toBe('pending');
  });

  it('is refused for what the work has become, too', () => {
    const s = new Scenario();
    const { work, review } = worked(s);
    const { rework } = s.run('copilot', 'review_task', { task_id: work.task_id, verdict: 'rework', note: 'no tests' });
    const again = rework?.task_id ?? '';
    s.claim('kimi', again);
    s.complete('kimi', again);
    expect(callsIn(s.refusal('claude', 'complete_task', plain(review.task_id)).next)).toEqual([
      call('review_task', { task_id: again }),
    ]);
    s.run('claude', 'review_task', { task_id: again, verdict: 'accept', note: 'good' });
    expect(s.task(review.task_id).status).toBe('completed');
  });

  it('is allowed where no verdict can be given any more', () => {
    const sentBack = new Scenario();
    const first = worked(sentBack);
    sentBack.run('copilot', 'review_task', { task_id: first.work.task_id, verdict: 'rework', note: 'no tests' });
    expect(sentBack.complete('claude', first.review.task_id).task.status).toBe('completed');

    const own = new Scenario();
    const mine = own.queue('Build it', { type: 'implementation', to_agent: 'kimi' });
    const review = own.queue('Review it', { type: 'review', to_agent: 'kimi', dependencies: [mine.task_id] });
    own.claim('kimi', mine.task_id);
    own.complete('kimi', mine.task_id);
    own.claim('kimi', review.task_id);
    expect(own.complete('kimi', review.task_id).task.status).toBe('completed');

    const archived = new Scenario();
    const old = worked(archived);
    archived.run('claude', 'release_task', { task_id: old.review.task_id, reason: 'later' });
    archived.pass(40 * 24 * 60);
    expect(archived.state.tasks.has(old.work.task_id)).toBe(false);
    archived.claim('claude', old.review.task_id);
    expect(archived.complete('claude', old.review.task_id).task.status).toBe('completed');

    const nothing = new Scenario();
    const alone = nothing.queue('Review the wiki', { type: 'review', to_agent: 'claude' });
    nothing.claim('claude', alone.task_id);
    expect(nothing.complete('claude', alone.task_id).task.status).toBe('completed');
  });
});
