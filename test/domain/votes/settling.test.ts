import { describe, expect, it } from 'vitest';
import { restoreState } from '../../../src/domain/restore-state.ts';
import { contentsOf, Scenario } from '../../support/scenario.ts';
import { castVote, openVote, voteIn } from '../../support/votes.ts';

const three = ['claude', 'copilot', 'kimi'];

/** Two agents, one ballot each way: it stands in the inbox. */
function tied(s: Scenario): { vote_id: string; inbox_id: string } {
  const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
  castVote(s, 'claude', vote_id, 'app-router');
  castVote(s, 'kimi', vote_id, 'pages-router');
  const [item] = [...s.state.escalations.values()];
  return { vote_id, inbox_id: item?.inbox_id ?? '' };
}

describe('the operator', () => {
  it('decides an active vote, whose ballots are opened and counted for the record', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router', 0.9);
    const { vote } = s.run('reuben', 'decide_vote', { vote_id, choice: 'pages-router', reason: 'we know it' });
    expect(vote).toMatchObject({
      status: 'decided',
      choice: 'pages-router',
      decided: { decided_by: 'operator', reason: 'we know it' },
      closing: { because: 'operator', tally: { counted: 1 } },
      ballots: [{ agent: 'claude', revisions: [{ ballot: { open: { choice: 'app-router' } } }] }],
    });
  });

  it('overrules a decided vote: the first result stays on record, holders of dependent tasks are told, nothing restarts', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    const task = s.queue('Build on it', { to_agent: 'kimi', dependencies: [vote_id] });
    for (const agent of three) castVote(s, agent, vote_id, 'app-router');
    s.claim('kimi', task.task_id);
    s.run('reuben', 'decide_vote', { vote_id, choice: 'pages-router', reason: 'licence' });
    expect(voteIn(s, vote_id)).toMatchObject({
      status: 'decided',
      choice: 'pages-router',
      overruled: [{ choice: 'app-router' }],
      closing: { tally: { verdict: { choice: 'app-router' } } },
    });
    const held = s.task(task.task_id);
    expect(held).toMatchObject({ status: 'in-progress', attempt: 1 });
    expect(held.history.at(-1)).toMatchObject({
      what: 'vote overruled',
      text: expect.stringContaining('pages-router'),
    });
    expect(s.events('vote_overruled')[0]?.told).toEqual([task.task_id]);
    s.run('reuben', 'decide_vote', { vote_id, choice: 'pages-router', reason: 'licence' });
    expect(s.events('vote_overruled')).toHaveLength(1);
  });

  it('extends an active vote, and reopens an escalated one with its ballots sealed anew', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { deadline: '2026-02-06T10:00:00.000Z' });
    s.run('reuben', 'extend_vote', { vote_id, minutes: 30 });
    expect(voteIn(s, vote_id).deadline).toBe('2026-02-06T10:30:00.000Z');
    castVote(s, 'claude', vote_id, 'app-router');
    s.pass(90);
    expect(voteIn(s, vote_id).status).toBe('escalated');
    expect(s.state.escalations.size).toBe(1);
    const first = s.events('ballot_cast')[0]?.ballot;
    s.run('reuben', 'extend_vote', { vote_id, minutes: 60 });
    const vote = voteIn(s, vote_id);
    expect(vote).toMatchObject({
      status: 'active',
      deadline: '2026-02-06T11:30:00.000Z',
      closing: null,
      escalated: null,
    });
    expect(s.state.escalations.size).toBe(0);
    expect(JSON.stringify(vote)).not.toContain('claude thinks so');
    expect(vote.ballots[0]?.revisions[0]?.ballot).not.toEqual(first);
    castVote(s, 'copilot', vote_id, 'app-router');
    expect(castVote(s, 'kimi', vote_id, 'app-router')).toMatchObject({
      status: 'decided',
      closing: { tally: { counted: 3 } },
    });
    expect(s.refusal('reuben', 'extend_vote', { vote_id, minutes: 5 }).code).toBe('closed');
    expect(s.refusal('reuben', 'extend_vote', { vote_id, minutes: Number.NaN }).code).toBe('invalid');
  });

  it('leaves an extended vote open although everyone has voted, until a ballot is revised', () => {
    const s = new Scenario();
    const { vote_id } = tied(s);
    s.run('reuben', 'extend_vote', { vote_id, minutes: 60 });
    s.pass(10);
    expect(voteIn(s, vote_id).status).toBe('active');
    // The same ballot again is no second thought.
    castVote(s, 'kimi', vote_id, 'pages-router');
    expect(voteIn(s, vote_id).status).toBe('active');
    expect(castVote(s, 'kimi', vote_id, 'app-router')).toMatchObject({
      status: 'decided',
      choice: 'app-router',
      closing: { because: 'everyone-voted' },
    });
  });

  it('closes an extended vote at its new deadline, or when the operator does', () => {
    for (const close of [
      (s: Scenario) => s.pass(1),
      (s: Scenario, id: string) => s.run('reuben', 'close_vote', { vote_id: id }),
    ]) {
      const s = new Scenario();
      const { vote_id, inbox_id } = tied(s);
      s.run('reuben', 'answer_inbox', { inbox_id, action: 'extend' });
      s.pass(24 * 60 - 1);
      expect(voteIn(s, vote_id).status).toBe('active');
      close(s, vote_id);
      expect(voteIn(s, vote_id)).toMatchObject({ status: 'escalated', escalated: { reason: 'tie' } });
    }
  });

  it('does not close an extended vote of low stakes early by the ballots it had', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { stakes: 'low' });
    castVote(s, 'claude', vote_id, 'app-router', 0.9, { block: true });
    expect(voteIn(s, vote_id).status).toBe('escalated');
    s.run('reuben', 'extend_vote', { vote_id, minutes: 60 });
    s.pass(1);
    expect(voteIn(s, vote_id).status).toBe('active');
    castVote(s, 'claude', vote_id, 'app-router', 0.9, { block: false });
    expect(voteIn(s, vote_id).status).toBe('active');
  });

  it('cancels a vote: dependents block and the operator is asked, those that only waited go on, ballots stay sealed', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    const needs = s.queue('Needs the result', { to_agent: 'kimi', dependencies: [vote_id] });
    const waits = s.queue('Waits for it', { to_agent: 'copilot' });
    s.claim('copilot', waits.task_id);
    s.run('copilot', 'release_task', { task_id: waits.task_id, reason: 'let us see', wait_for: [vote_id] });
    castVote(s, 'claude', vote_id, 'app-router');
    const { vote, blocked } = s.run('reuben', 'cancel_vote', { vote_id, reason: 'moot' });
    expect(vote).toMatchObject({ status: 'cancelled', ballots: [{ agent: 'claude', revisions: [] }] });
    expect(blocked).toEqual([needs.task_id]);
    expect(s.task(needs.task_id).ready_since).toBeNull();
    expect(s.task(waits.task_id).ready_since).not.toBeNull();
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'blocked', vote_id }]);
    expect(s.refusal('reuben', 'cancel_vote', { vote_id, reason: 'r' }).code).toBe('closed');
    expect(s.refusal('reuben', 'decide_vote', { vote_id, choice: 'app-router', reason: 'r' }).code).toBe('closed');
  });

  it('refuses what makes no sense: an agent as operator, a choice that is no option, cancelling what is decided', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    for (const [command, args] of [
      ['decide_vote', { vote_id, choice: 'app-router', reason: 'r' }],
      ['judge_vote', { vote_id, right_choice: 'app-router' }],
      ['extend_vote', { vote_id, minutes: 5 }],
      ['cancel_vote', { vote_id, reason: 'r' }],
    ] as const) {
      expect(s.refusal('claude', command, args).code).toBe('not-allowed');
    }
    expect(s.refusal('reuben', 'decide_vote', { vote_id, choice: 'remix', reason: 'r' }).code).toBe('invalid');
    expect(s.refusal('reuben', 'decide_vote', { vote_id, choice: 'abstain', reason: 'r' }).code).toBe('invalid');
    expect(s.refusal('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' }).code).toBe('wrong-state');
    s.run('reuben', 'decide_vote', { vote_id, choice: 'app-router', reason: 'r' });
    expect(s.refusal('reuben', 'cancel_vote', { vote_id, reason: 'r' }).code).toBe('wrong-state');
    expect(s.refusal('reuben', 'judge_vote', { vote_id, right_choice: 'remix' }).code).toBe('invalid');
  });
});

describe('judging', () => {
  const decided = (s: Scenario, topic = 'web'): string => {
    const { vote_id } = openVote(s, { topic });
    castVote(s, 'claude', vote_id, 'app-router', 0.9);
    castVote(s, 'copilot', vote_id, 'app-router', 0.8);
    castVote(s, 'kimi', vote_id, 'pages-router', 0.7);
    return vote_id;
  };

  it('teaches each voter’s calibration on the topic, and judging again takes the first lesson back', () => {
    const s = new Scenario();
    const vote_id = decided(s);
    const empty = s.state.voting;
    expect(s.run('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' }).judged_votes).toBe(1);
    expect(s.state.voting.calibration.agents['kimi']?.topics['web']).toMatchObject({
      ballots: 1,
      right: 0,
      stated: 700,
    });
    expect(s.state.voting.calibration.agents['claude']?.overall).toMatchObject({ ballots: 1, right: 1 });
    const first = s.state.voting;
    s.run('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' });
    expect(s.events('vote_judged')).toHaveLength(1);
    s.run('reuben', 'judge_vote', { vote_id, right_choice: 'none' });
    expect(s.state.voting.calibration.everyone).toMatchObject({ ballots: 3, right: 0 });
    s.run('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' });
    expect(s.state.voting).toEqual(first);
    expect(empty.judged_votes).toBe(0);
    expect(contentsOf(s.replayed())).toEqual(contentsOf(s.state));
  });

  it('gives the calibrated tally its say from the 6th judged vote on', () => {
    const s = new Scenario();
    let lambda: number | undefined;
    for (let n = 0; n < 7; n++) {
      const vote_id = decided(s);
      lambda = voteIn(s, vote_id).closing?.tally.lambda;
      if (n < 6) expect(lambda).toBe(0);
      s.run('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' });
    }
    expect(lambda).toBeCloseTo(1 / 20);
  });
});

describe('tasks that depend on votes', () => {
  it('start once the vote is decided, by the agents or by the operator', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
    const task = s.queue('After it', { to_agent: 'kimi', dependencies: [vote_id] });
    expect(s.run('kimi', 'claim_task', {}).task).toBeNull();
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'kimi', vote_id, 'pages-router');
    expect(voteIn(s, vote_id).status).toBe('escalated');
    expect(s.task(task.task_id).waiting_for).toEqual([vote_id]);
    s.run('reuben', 'decide_vote', { vote_id, choice: 'app-router', reason: 'r' });
    expect(s.claim('kimi').task_id).toBe(task.task_id);
  });

  it('resolve the id of a vote that has left the state', () => {
    const s = new Scenario({ retention: { finished_days: 1 } });
    const { vote_id } = openVote(s);
    for (const agent of three) castVote(s, agent, vote_id, 'app-router');
    s.pass(3 * 24 * 60);
    expect(s.state.votes.has(vote_id)).toBe(false);
    expect(s.state.archivedVotes.get(vote_id)).toMatchObject({ status: 'decided', choice: 'app-router' });
    expect(s.queue('After it', { dependencies: [vote_id] }).ready_since).not.toBeNull();
    expect(s.refusal('reuben', 'judge_vote', { vote_id, right_choice: 'app-router' }).code).toBe('wrong-state');
    const restored = restoreState(JSON.parse(JSON.stringify(s.state.toSections())));
    expect(contentsOf(restored)).toEqual(contentsOf(s.state));
  });

  it('leaves active and escalated votes in the state however old they are', () => {
    const s = new Scenario({ retention: { finished_days: 1 } });
    const { vote_id } = openVote(s);
    s.pass(10 * 24 * 60);
    expect(voteIn(s, vote_id).status).toBe('escalated');
  });
});

describe('the inbox', () => {
  it('settles an undecided vote in one step: decide with a choice, extend, or cancel', () => {
    const s = new Scenario();
    const first = tied(s);
    const answer = (inbox_id: string, action: 'decide' | 'extend' | 'cancel', choice?: string) =>
      s.run('reuben', 'answer_inbox', { inbox_id, action, choice, note: 'so be it' });
    expect(s.refusal('reuben', 'answer_inbox', { inbox_id: first.inbox_id, action: 'decide' })).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('choice'),
      next: expect.stringContaining('app-router'),
    });
    expect(s.refusal('reuben', 'answer_inbox', { inbox_id: first.inbox_id, action: 'approve' }).code).toBe('invalid');
    expect(answer(first.inbox_id, 'decide', 'app-router').vote).toMatchObject({
      status: 'decided',
      decided: { by: 'reuben', reason: 'so be it' },
    });
    const second = tied(s);
    expect(answer(second.inbox_id, 'extend').vote).toMatchObject({
      status: 'active',
      deadline: '2026-02-07T09:00:00.000Z',
    });
    const third = tied(s);
    expect(answer(third.inbox_id, 'cancel').vote?.status).toBe('cancelled');
    expect(s.state.escalations.size).toBe(0);
    expect(s.events('escalation_closed').filter(({ note }) => note === 'so be it')).toHaveLength(3);
  });

  it('lets what a cancelled vote blocks go on, or cancels it too', () => {
    for (const [action, ready] of [
      ['continue-dependents', true],
      ['cancel', false],
    ] as const) {
      const s = new Scenario({ retention: { finished_days: 1 } });
      const { vote_id } = openVote(s);
      const task = s.queue('Needs it', { dependencies: [vote_id] });
      s.run('reuben', 'cancel_vote', { vote_id, reason: 'moot' });
      const [item] = [...s.state.escalations.values()];
      s.run('reuben', 'answer_inbox', { inbox_id: item?.inbox_id ?? '', action });
      expect(s.task(task.task_id)).toMatchObject(ready ? { ready_since: s.now } : { status: 'cancelled' });
      expect(s.state.escalations.size).toBe(0);
    }
  });
});
