import { describe, expect, it } from 'vitest';
import { evolve } from '../../../src/domain/evolve.ts';
import { Scenario } from '../../support/scenario.ts';
import { castVote, openVote, voteIn } from '../../support/votes.ts';

const three = ['claude', 'copilot', 'kimi'];

describe('the cases of the plan', () => {
  it('two ballots of 0.85 and 0.90 against one of 0.70 decide', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router', 0.85);
    castVote(s, 'copilot', vote_id, 'app-router', 0.9);
    const vote = castVote(s, 'kimi', vote_id, 'pages-router', 0.7);
    expect(vote).toMatchObject({ status: 'decided', choice: 'app-router', closing: { because: 'everyone-voted' } });
    expect(vote.closing?.tally.plain.options.map(({ weight }) => weight)).toEqual([1.75, 0.7]);
  });

  it('python with 1.60 beats typescript with 0.80', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { options: ['python', 'typescript'] });
    castVote(s, 'claude', vote_id, 'python', 0.8);
    castVote(s, 'copilot', vote_id, 'typescript', 0.8);
    expect(castVote(s, 'kimi', vote_id, 'python', 0.8)).toMatchObject({ status: 'decided', choice: 'python' });
  });

  it('one against one with equal confidence is a tie for the operator', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
    castVote(s, 'claude', vote_id, 'app-router', 0.8);
    const vote = castVote(s, 'kimi', vote_id, 'pages-router', 0.8);
    expect(vote).toMatchObject({ status: 'escalated', choice: null, escalated: { reason: 'tie', to: 'reuben' } });
    expect([...s.state.escalations.values()]).toMatchObject([{ kind: 'vote', key: `vote:${vote_id}`, vote_id }]);
  });

  it.each([
    [0.69, 'escalated'],
    [0.7, 'decided'],
  ])('a winner with a mean confidence of %d is %s', (confidence, status) => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
    castVote(s, 'claude', vote_id, 'app-router', confidence);
    expect(castVote(s, 'kimi', vote_id, 'app-router', confidence).status).toBe(status);
  });

  it('one ballot with a quorum of two at the deadline escalates', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    s.pass(24 * 60 - 1);
    expect(voteIn(s, vote_id).status).toBe('active');
    s.pass(1);
    expect(voteIn(s, vote_id)).toMatchObject({
      status: 'escalated',
      escalated: { reason: 'no-quorum' },
      closing: { because: 'deadline' },
    });
  });
});

describe('when a vote closes', () => {
  it('waits for every eligible agent that is there, not for those on standby or offline', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'copilot', vote_id, 'app-router');
    expect(voteIn(s, vote_id).status).toBe('active');
    s.run('kimi', 'set_availability', { status: 'standby' });
    s.pass(0);
    expect(voteIn(s, vote_id)).toMatchObject({
      status: 'decided',
      closing: { because: 'everyone-voted', unreachable: ['kimi'] },
    });
  });

  it('stays open without a quorum although nobody there is missing: absence does not lower it', () => {
    const s = new Scenario();
    for (const name of ['copilot', 'kimi']) s.run(name, 'set_availability', { status: 'offline' });
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    s.pass(60);
    expect(voteIn(s, vote_id).status).toBe('active');
    s.pass(24 * 60);
    expect(voteIn(s, vote_id)).toMatchObject({
      status: 'escalated',
      escalated: { reason: 'no-quorum' },
      closing: { unreachable: ['copilot', 'kimi'] },
    });
  });

  it('counts an abstention as having voted, not for the quorum', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
    castVote(s, 'claude', vote_id, 'app-router');
    expect(castVote(s, 'kimi', vote_id, 'abstain').status).toBe('active');
    s.pass(24 * 60);
    expect(voteIn(s, vote_id).escalated?.reason).toBe('no-quorum');
    const wide = openVote(s);
    castVote(s, 'claude', wide.vote_id, 'app-router');
    castVote(s, 'copilot', wide.vote_id, 'app-router');
    expect(castVote(s, 'kimi', wide.vote_id, 'abstain')).toMatchObject({ status: 'decided', choice: 'app-router' });
  });

  it('closes early where stakes are low and the rest cannot change it, never otherwise', () => {
    const s = new Scenario();
    const eligible = ['claude', 'copilot', 'kimi', 'kimi-ide', 'ollama'];
    for (const stakes of ['low', 'normal'] as const) {
      const { vote_id } = openVote(s, { stakes, eligible });
      // Five of the best would beat two fully confident rivals and carry a mean pulled down by two of 0.
      for (const agent of eligible.slice(0, 4)) castVote(s, agent, vote_id, 'app-router', 1);
      expect(voteIn(s, vote_id).status).toBe(stakes === 'low' ? 'decided' : 'active');
    }
  });

  it('sends a block to the operator whatever the others say', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'copilot', vote_id, 'app-router');
    const vote = castVote(s, 'kimi', vote_id, 'app-router', 0.9, { block: true });
    expect(vote).toMatchObject({ status: 'escalated', escalated: { reason: 'blocked' } });
  });

  it('asks the operator to confirm high stakes', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { stakes: 'high' });
    for (const agent of three) castVote(s, agent, vote_id, 'app-router');
    expect(voteIn(s, vote_id)).toMatchObject({ status: 'escalated', escalated: { reason: 'high-stakes' } });
    s.run('reuben', 'decide_vote', { vote_id, choice: 'app-router', reason: 'agreed' });
    expect(voteIn(s, vote_id)).toMatchObject({ status: 'decided', decided: { decided_by: 'operator', by: 'reuben' } });
    expect(s.state.escalations.size).toBe(0);
  });

  it('closes nothing while the federation is paused, and deadlines move by the length of the pause', () => {
    const s = new Scenario();
    const before = openVote(s).vote_id;
    s.pass(60);
    s.run('reuben', 'pause_federation', {});
    s.pass(60);
    const during = openVote(s).vote_id;
    for (const agent of three) castVote(s, agent, before, 'app-router');
    s.pass(48 * 60);
    expect(voteIn(s, before).status).toBe('active');
    castVote(s, 'claude', during, 'app-router');
    s.run('reuben', 'resume_federation', {});
    expect(voteIn(s, during).deadline).toBe('2026-02-09T11:00:00.000Z');
    expect(voteIn(s, before).deadline).toBe('2026-02-09T10:00:00.000Z');
    s.pass(0);
    expect(voteIn(s, before)).toMatchObject({ status: 'decided', closing: { because: 'everyone-voted' } });
    expect(voteIn(s, during).status).toBe('active');
  });

  it('may be closed by the operator early, while paused too', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'copilot', vote_id, 'app-router');
    s.run('reuben', 'pause_federation', {});
    expect(s.refusal('claude', 'close_vote', { vote_id }).code).toBe('not-allowed');
    expect(s.run('reuben', 'close_vote', { vote_id }).vote).toMatchObject({
      status: 'decided',
      decided: { decided_by: 'agents' },
      closing: { because: 'operator' },
    });
    expect(s.refusal('reuben', 'close_vote', { vote_id }).code).toBe('closed');
  });

  it('keeps its distance from the deadline when the clock goes back', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    evolve(s.state, { type: 'clock_stepped_back', milliseconds: 3_600_000 }, { at: s.now, by: 'system' });
    expect(voteIn(s, vote_id).deadline).toBe('2026-02-07T08:00:00.000Z');
  });
});

describe('two processes that notice the same deadline', () => {
  it('decide once: the second decides on what the first has written', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'copilot', vote_id, 'app-router');
    s.pass(24 * 60);
    s.pass(0);
    expect(s.events('vote_decided')).toHaveLength(1);
  });
});
