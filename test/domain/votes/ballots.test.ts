import { call, callsIn } from '../../../src/domain/advice.ts';
import { describe, expect, it } from 'vitest';
import type { ArgsOf } from '../../../src/domain/commands.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { Scenario } from '../../support/scenario.ts';
import { castVote, openVote, voteIn } from '../../support/votes.ts';

const three = ['claude', 'copilot', 'kimi'];

describe('opening a vote', () => {
  it('fixes who may vote: the agents available or busy, and the opener', () => {
    const s = new Scenario();
    s.run('copilot', 'set_availability', { status: 'busy' });
    s.run('kimi', 'set_availability', { status: 'standby' });
    s.run('ollama', 'set_availability', { status: 'offline' });
    const vote = s.run('kimi', 'open_vote', { question: 'q', options: ['a', 'b'] }).vote;
    expect(vote.eligible.map(({ agent }) => agent)).toEqual(['claude', 'copilot', 'kimi', 'kimi-ide']);
    expect(vote.eligible[0]?.family).toBe('anthropic');
    expect(vote).toMatchObject({ quorum: 2, method: 'weighted', stakes: 'normal', topic: null, opened_by: 'kimi' });
    expect(vote.deadline).toBe('2026-02-07T09:00:00.000Z');
    expect(vote.vote_id).toBe('vote-2026-02-06-001');
    s.run('ollama', 'set_availability', { status: 'available' });
    expect(voteIn(s, vote.vote_id).eligible).toHaveLength(4);
    const asked = s.run('reuben', 'open_vote', { question: 'q', options: ['a', 'b'] }).vote;
    expect(asked.eligible.map(({ agent }) => agent)).not.toContain('reuben');
    expect(asked.vote_id).toBe('vote-2026-02-06-002');
  });

  it.each<[string, Partial<ArgsOf<'open_vote'>>, string, string]>([
    ['one option', { options: ['a'] }, 'invalid', 'options'],
    ['twenty-one options', { options: Array.from({ length: 21 }, (_, i) => `o${i}`) }, 'invalid', 'options'],
    ['the same option twice', { options: ['a', 'b', ' A '] }, 'invalid', 'options'],
    ['an empty option', { options: ['a', ' '] }, 'invalid', 'options'],
    ['an option that is too long', { options: ['a', 'b'.repeat(201)] }, 'invalid', 'options'],
    ['an option called abstain', { options: ['a', 'Abstain'] }, 'invalid', 'options'],
    ['no question', { question: '  ' }, 'invalid', 'question'],
    ['a quorum above the number eligible', { quorum: 4 }, 'invalid', 'quorum'],
    ['a quorum of nobody', { quorum: 0 }, 'invalid', 'quorum'],
    ['nobody eligible', { eligible: [] }, 'invalid', 'quorum'],
    ['a voter nobody knows', { eligible: ['claude', 'kimmi'] }, 'unknown-agent', 'kimmi'],
    ['a person as voter', { eligible: ['claude', 'reuben'] }, 'unknown-agent', 'reuben'],
    ['a deadline in the past', { deadline: '2026-02-06T08:59:59.999Z' }, 'invalid', 'deadline'],
    ['a deadline of now', { deadline: '2026-02-06T09:00:00.000Z' }, 'invalid', 'deadline'],
  ])('refuses %s', (_, args, code, words) => {
    const s = new Scenario();
    const request = { question: 'q', options: ['a', 'b'], eligible: three, ...args };
    expect(s.refusal('claude', 'open_vote', request)).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(s.happened).toEqual([]);
  });
});

describe('casting a ballot', () => {
  it.each<[string, Partial<ArgsOf<'cast_vote'>>, string]>([
    ['a choice that is no option', { choice: 'remix' }, 'choice'],
    ['a confidence above 1', { confidence: 1.01 }, 'confidence'],
    ['a confidence below 0', { confidence: -0.01 }, 'confidence'],
    ['a confidence that is no number', { confidence: Number.NaN }, 'confidence'],
    ['further options where one counts', { also: ['pages-router'] }, 'also'],
    ['a block without reasoning', { block: true, reasoning: ' ' }, 'reasoning'],
    ['reasoning that does not fit', { reasoning: 'x'.repeat(9_000) }, 'reasoning'],
  ])('refuses %s', (_, args, words) => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    const request = { vote_id, choice: 'app-router', confidence: 0.9, reasoning: 'r', ...args };
    const error = s.refusal('kimi', 'cast_vote', request);
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining(words) });
    expect(voteIn(s, vote_id).ballots).toEqual([]);
  });

  it('takes an option whatever its case and the space around it, in a ballot and in a decision', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    const { ballot } = s.run('kimi', 'cast_vote', { vote_id, choice: ' App-Router', confidence: 1, reasoning: 'r' });
    expect(ballot.choice).toBe('app-router');
    expect(
      s.run('kimi', 'cast_vote', { vote_id, choice: 'Abstain', confidence: 1, reasoning: 'r' }).ballot.choice,
    ).toBe('abstain');
    expect(s.run('reuben', 'decide_vote', { vote_id, choice: 'APP-ROUTER ', reason: 'r' }).vote.choice).toBe(
      'app-router',
    );
  });

  it('refuses further options that are unknown or named twice, and those of an abstention', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { method: 'ranked', options: ['a', 'b', 'c'] });
    const refusal = (choice: string, also: string[]): string =>
      s.refusal('kimi', 'cast_vote', { vote_id, choice, also, confidence: 1, reasoning: 'r' }).message;
    expect(refusal('a', ['d'])).toContain('also');
    expect(refusal('a', ['b', 'b'])).toContain('twice');
    expect(refusal('a', ['a'])).toContain('twice');
    expect(refusal('abstain', ['a'])).toContain('abstention');
  });

  it('refuses who is not eligible, an unknown vote, a vote that is over and one whose time is up', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'kimi'] });
    const ballot = { choice: 'app-router', confidence: 0.9, reasoning: 'r' };
    expect(s.refusal('copilot', 'cast_vote', { vote_id, ...ballot }).code).toBe('not-allowed');
    const refused = s.refusal('reuben', 'cast_vote', { vote_id, ...ballot });
    expect(refused.code).toBe('not-allowed');
    expect(callsIn(refused.next)).toEqual([call('decide_vote', { vote_id })]);
    expect(s.refusal('kimi', 'cast_vote', { vote_id: 'vote-2020-01-01-001', ...ballot }).code).toBe('not-found');
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'kimi', vote_id, 'app-router');
    expect(s.refusal('kimi', 'cast_vote', { vote_id, ...ballot }).code).toBe('closed');
    const late = openVote(s);
    // The tick that would close it has not come yet.
    s.now = late.deadline;
    expect(s.refusal('kimi', 'cast_vote', { vote_id: late.vote_id, ...ballot }).code).toBe('closed');
  });

  it('replaces the ballot of an agent that thinks again, keeps the first, and counts one', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router', 0.9);
    s.now = '2026-02-06T09:10:00.000Z';
    castVote(s, 'claude', vote_id, 'pages-router', 0.8);
    castVote(s, 'copilot', vote_id, 'pages-router', 0.8);
    const vote = castVote(s, 'kimi', vote_id, 'pages-router', 0.8);
    expect(vote).toMatchObject({ status: 'decided', choice: 'pages-router', closing: { tally: { counted: 3 } } });
    const own = vote.ballots.find(({ agent }) => agent === 'claude');
    expect(own?.revisions).toMatchObject([
      { at: '2026-02-06T09:00:00.000Z', ballot: { open: { choice: 'app-router', confidence: 900 } } },
      { at: '2026-02-06T09:10:00.000Z', ballot: { open: { choice: 'pages-router', confidence: 800 } } },
    ]);
  });

  it('takes the same ballot again for a repeated call, and bounds how often it may change', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'claude', vote_id, 'app-router');
    expect(s.events('ballot_cast')).toHaveLength(1);
    for (let i = 1; i < 10; i++) castVote(s, 'claude', vote_id, 'app-router', i / 10);
    const again = { vote_id, choice: 'app-router', confidence: 0.99, reasoning: 'r' };
    expect(s.refusal('claude', 'cast_vote', again).code).toBe('limit-reached');
  });

  it('keeps ballots sealed in events and state until the vote closes, and open ones on request', () => {
    const s = new Scenario();
    const sealed = openVote(s).vote_id;
    castVote(s, 'claude', sealed, 'app-router', 0.912);
    const seen = JSON.stringify([s.state.toSections(), s.events('ballot_cast')]);
    expect(seen).not.toContain('claude thinks so');
    expect(seen).not.toContain('912');
    const plain = openVote(s, { open_ballots: true }).vote_id;
    castVote(s, 'claude', plain, 'app-router', 0.912);
    expect(voteIn(s, plain).ballots[0]?.revisions[0]?.ballot).toMatchObject({ open: { confidence: 912 } });
    castVote(s, 'copilot', sealed, 'app-router');
    castVote(s, 'kimi', sealed, 'app-router');
    expect(JSON.stringify(voteIn(s, sealed))).toContain('claude thinks so');
  });

  it('counts no forged ballot: copied to another agent or vote, or made with another key', () => {
    const s = new Scenario();
    const { vote_id } = openVote(s, { eligible: ['claude', 'copilot', 'kimi', 'ollama'], quorum: 1 });
    const other = openVote(s).vote_id;
    castVote(s, 'claude', vote_id, 'app-router', 0.9);
    castVote(s, 'copilot', other, 'pages-router', 1);
    const meta = { at: s.now, by: 'kimi' };
    const [own, foreign] = s.events('ballot_cast');
    if (own === undefined || foreign === undefined) throw new Error('Expected two ballots');
    evolve(s.state, { ...own, agent: 'kimi' }, meta);
    evolve(s.state, { ...foreign, vote_id }, meta);
    evolve(s.state, { ...own, agent: 'kimi-ide' }, meta);
    const { vote } = s.run('reuben', 'close_vote', { vote_id });
    expect(vote).toMatchObject({ choice: 'app-router', closing: { tally: { counted: 1 } } });
    expect(vote.closing?.unreadable).toEqual(['copilot', 'kimi']);
  });
});
