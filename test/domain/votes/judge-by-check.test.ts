import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/checks/check.ts';
import { fullVote } from '../../../src/views/vote-views.ts';
import { checkRun } from '../../support/checks.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';
import { castVote, openVote, voteIn } from '../../support/votes.ts';

const checks = {
  test: { command: ['npm', 'test'], types: ['implementation'] },
  e2e: { command: ['npm', 'run', 'e2e'], required: false },
};

/** app-router was decided, by two against one, and there is work that depends on it. */
function decided() {
  const s = new Scenario({ checks, scheduling: { rules: [] } });
  const { vote_id } = openVote(s);
  for (const agent of ['claude', 'copilot']) castVote(s, agent, vote_id, 'app-router');
  castVote(s, 'kimi', vote_id, 'pages-router');
  const work = { type: 'implementation', dependencies: [vote_id], checks: ['e2e'], max_attempts: 2 };
  const { task_id } = s.queue('Build on it', work);
  const attempt = (n: number, verdict: Verdict) => {
    s.claim('kimi', task_id);
    s.complete('kimi', task_id);
    const runs = [checkRun({ check: 'test' }), checkRun({ check: 'e2e', verdict })];
    s.run('reuben', 'record_checks', { task_id, attempt: n, runs });
  };
  return { s, vote_id, task_id, attempt };
}

describe('a vote that a check judges', () => {
  it('is judged by its first verdict on finished work that depends on it, and says by what', () => {
    const { s, vote_id, task_id, attempt } = decided();
    s.run('reuben', 'judge_vote', { vote_id, check: 'e2e' });
    expect(voteIn(s, vote_id)).toMatchObject({
      judged: null,
      judging_check: { right_choice: 'app-router', if_failed: 'none', by: 'reuben' },
    });
    attempt(1, 'failed');
    // It is tried again: that says nothing of the decision yet.
    expect(voteIn(s, vote_id).judged).toBeNull();
    attempt(2, 'passed');
    expect(fullVote(voteIn(s, vote_id)).judged).toMatchObject({
      right_choice: 'app-router',
      by: 'reuben',
      check: 'e2e',
      task_id,
    });
    expect(voteIn(s, vote_id).judging_check).toBeNull();
    expect(s.state.voting.calibration.agents['kimi']?.overall).toMatchObject({ ballots: 1, right: 0 });
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('is judged by what the operator says for a failure, once the work has failed for good', () => {
    const { s, vote_id, attempt } = decided();
    s.run('reuben', 'judge_vote', { vote_id, check: 'e2e', if_failed: 'pages-router' });
    attempt(1, 'failed');
    attempt(2, 'failed');
    expect(voteIn(s, vote_id).judged).toMatchObject({ right_choice: 'pages-router', check: 'e2e' });
    // Judged by hand, that is replaced.
    s.run('reuben', 'judge_vote', { vote_id, right_choice: 'none' });
    expect(voteIn(s, vote_id).judged).toMatchObject({ right_choice: 'none' });
    expect(voteIn(s, vote_id).judged?.check).toBeUndefined();
    expect(s.state.voting.judged_votes).toBe(1);
  });

  it('is judged at once where the check has spoken already, and by no other check', () => {
    const { s, vote_id, attempt } = decided();
    attempt(1, 'passed');
    expect(voteIn(s, vote_id).judged).toBeNull();
    expect(s.run('reuben', 'judge_vote', { vote_id, check: 'e2e' }).judged_votes).toBe(1);
  });

  it('forgets the check once it is overruled: what was built on the first decision proves nothing of the second', () => {
    const { s, vote_id, attempt } = decided();
    s.run('reuben', 'judge_vote', { vote_id, check: 'e2e' });
    s.run('reuben', 'decide_vote', { vote_id, choice: 'pages-router', reason: 'licence' });
    attempt(1, 'passed');
    expect(voteIn(s, vote_id)).toMatchObject({ judged: null, judging_check: null });
  });

  it('is refused for what is not configured, proves nothing, or names no option', () => {
    const { s, vote_id } = decided();
    const refusal = (more: { check?: string; right_choice?: string; if_failed?: string }) =>
      s.refusal('reuben', 'judge_vote', { vote_id, ...more });
    expect(refusal({ check: 'bench' })).toMatchObject({ argument: 'check', message: expect.stringContaining('bench') });
    expect(refusal({ check: 'bench' }).next).toContain('test, e2e');
    expect(refusal({ check: 'e2e', if_failed: 'app-router' })).toMatchObject({ argument: 'if_failed' });
    expect(refusal({ check: 'e2e', right_choice: 'remix' }).code).toBe('invalid');
    expect(refusal({ if_failed: 'none' })).toMatchObject({ argument: 'if_failed' });
    expect(refusal({})).toMatchObject({ argument: 'right_choice' });
  });
});
