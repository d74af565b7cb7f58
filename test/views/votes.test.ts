import { describe, expect, it, onTestFinished } from 'vitest';
import type { Actor } from '../../src/domain/commands.ts';
import type { Federation } from '../../src/federation.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { findVote } from '../../src/views/find-vote.ts';
import { listVotes } from '../../src/views/list-votes.ts';
import { readableRecord } from '../../src/views/readable-record.ts';
import { sessionView } from '../../src/views/session-view.ts';
import { fullVote } from '../../src/views/vote-views.ts';
import { makeProject } from '../support/project.ts';

const agent = (name: string): Actor => ({ name, kind: 'agent', session: `${name}-1`, client: null });
const operator: Actor = { name: 'reuben', kind: 'person', session: null, client: 'fed' };
const request = { question: 'Which?', options: ['a', 'b'], eligible: ['claude', 'kimi'] };
const ballot = { choice: 'a', confidence: 0.9, reasoning: 'xyzzy' };

async function opened(config: Record<string, unknown> = {}): Promise<Federation> {
  const { dir } = makeProject(config);
  const federation = await openFederation({ folder: dir });
  onTestFinished(() => federation.close());
  return federation;
}

async function decidedVote(federation: Federation): Promise<string> {
  const { vote } = await federation.execute('open_vote', request, operator);
  for (const name of request.eligible) {
    await federation.execute('cast_vote', { vote_id: vote.vote_id, ...ballot }, agent(name));
  }
  return vote.vote_id;
}

describe('votes as they are read', () => {
  it('records are shown without ballots, keys and counts, also of votes that have closed', async () => {
    const federation = await opened();
    const vote_id = await decidedVote(federation);
    const { vote } = await federation.execute('open_vote', { ...request, open_ballots: true }, operator);
    await federation.execute('cast_vote', { vote_id: vote.vote_id, ...ballot }, agent('kimi'));
    await federation.execute('judge_vote', { vote_id, right_choice: 'a' }, operator);
    const text = JSON.stringify((await federation.tail(50)).map(readableRecord));
    expect(text).toContain('"type":"ballot_cast"');
    expect(text).not.toMatch(/xyzzy|"confidence"|"seal_key"|"sealed":\{|"tally"|"lesson"/);
    expect(JSON.stringify(fullVote(vote))).not.toContain('seal_key');
  });

  it('whoever holds work that builds on an overruled vote reads of it first among the news', async () => {
    const federation = await opened();
    const vote_id = await decidedVote(federation);
    const build = { description: 'Build it', to_agent: 'kimi', dependencies: [vote_id] };
    const { task_id } = await federation.execute('queue_task', build, operator);
    await federation.execute('claim_task', { task_id }, agent('kimi'));
    const { seq } = federation;
    await federation.execute('decide_vote', { vote_id, choice: 'b', reason: 'licence' }, operator);
    for (let n = 0; n < 10; n++) {
      await federation.execute('queue_task', { description: `more ${n}`, to_agent: 'claude' }, operator);
    }
    const { news } = await sessionView(federation, agent('kimi'), seq);
    expect(news.length).toBeLessThanOrEqual(5);
    expect(news.at(-1)).toContain(`overruled ${vote_id}`);
    const other = await sessionView(federation, agent('copilot'), seq);
    expect(other.news.at(-1)).not.toContain('overruled');
  });

  it('votes are listed in pages, newest first, and one that left the state is read from the journal', async () => {
    const federation = await opened({ retention: { finished_tasks: 10 } });
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.unshift(await decidedVote(federation));
    const first = listVotes(federation.state(), { limit: 5, status: 'decided' });
    expect(first).toMatchObject({ total: 12, items: { length: 5 } });
    const next = listVotes(federation.state(), { limit: 20, cursor: first.next_cursor });
    expect([...first.items, ...next.items].map(({ vote_id }) => vote_id)).toEqual(ids);
    expect(next).not.toHaveProperty('next_cursor');
    expect(() => listVotes(federation.state(), { cursor: '!!' })).toThrow(/cursor/);

    const oldest = ids.at(-1) ?? '';
    const before = fullVote(await findVote(federation, oldest));
    await federation.execute('tick', {}, { ...operator, name: 'system', kind: 'system' });
    expect(federation.state().votes.has(oldest)).toBe(false);
    expect(fullVote(await findVote(federation, oldest))).toEqual(before);
    await expect(findVote(federation, 'vote-2020-01-01-001')).rejects.toThrow(/No vote/);
  });
});
