import { describe, expect, it } from 'vitest';
import { wasSeen } from '../../../src/domain/agents/attendance.ts';
import { restoreState } from '../../../src/domain/restore-state.ts';
import { Scenario } from '../../support/scenario.ts';
import { castVote, openVote, voteIn } from '../../support/votes.ts';

/** Nobody is connected: whoever acts is seen by that alone. */
function deserted(config: Record<string, unknown> = {}): Scenario {
  const s = new Scenario(config);
  s.present = new Set();
  return s;
}

function seenIn(s: Scenario): string[] {
  const attendance = { now: s.now, config: s.config, present: () => s.present };
  return Object.keys(s.config.agents).filter((name) => wasSeen(s.state, name, attendance));
}

describe('an agent', () => {
  it('is seen by what it does, for 24 hours', () => {
    const s = deserted();
    s.queue('Write it up', { to_agent: 'kimi' });
    expect(seenIn(s)).toEqual([]);
    s.claim('kimi');
    expect(seenIn(s)).toEqual(['kimi']);
    s.pass(24 * 60 - 1);
    expect(seenIn(s)).toEqual(['kimi']);
    s.pass(1);
    expect(seenIn(s)).toEqual([]);
  });

  it('is seen for as long as is configured', () => {
    const s = deserted({ seen_within_hours: 1 });
    s.run('kimi', 'start_session', { seen: 0 });
    s.pass(61);
    expect(seenIn(s)).toEqual([]);
  });

  it('is seen while it has a living session, however quiet', () => {
    const s = deserted();
    s.present = new Set(['ollama']);
    expect(seenIn(s)).toEqual(['ollama']);
  });

  it('is not seen by what others do to it', () => {
    const s = deserted();
    s.run('reuben', 'set_availability', { agent: 'kimi', status: 'busy' });
    expect(seenIn(s)).toEqual([]);
  });

  it('is still seen after a restart from a checkpoint', () => {
    const s = deserted();
    s.run('kimi', 'start_session', { seen: 0 });
    const restored = restoreState(s.state.toSections());
    expect([...restored.activity.entries()]).toEqual([...s.state.activity.entries()]);
  });
});

describe('a vote', () => {
  it('closes when all who were seen have voted, whoever else may vote', () => {
    const s = deserted();
    const { vote_id, eligible } = openVote(s, { eligible: undefined });
    expect(eligible.length).toBe(5);
    castVote(s, 'claude', vote_id, 'app-router');
    expect(voteIn(s, vote_id).status).toBe('active');
    expect(castVote(s, 'kimi', vote_id, 'app-router')).toMatchObject({
      status: 'decided',
      closing: { because: 'everyone-voted', unreachable: ['copilot', 'kimi-ide', 'ollama'] },
    });
  });

  it('waits for the quorum, though all who were seen have voted', () => {
    const s = deserted();
    const { vote_id } = openVote(s, { eligible: undefined });
    castVote(s, 'claude', vote_id, 'app-router');
    s.pass(60);
    expect(voteIn(s, vote_id).status).toBe('active');
  });

  it('waits for an agent that is connected and has not voted', () => {
    const s = deserted();
    const { vote_id } = openVote(s, { eligible: undefined });
    s.present = new Set(['ollama']);
    castVote(s, 'claude', vote_id, 'app-router');
    castVote(s, 'kimi', vote_id, 'app-router');
    expect(voteIn(s, vote_id).status).toBe('active');
    s.present = new Set();
    s.pass(1);
    expect(voteIn(s, vote_id).status).toBe('decided');
  });
});

describe('auto', () => {
  const work = { to_agent: 'auto', type: 'implementation' };

  it('gives work to an agent that was seen', () => {
    const s = deserted();
    s.run('kimi-ide', 'start_session', { seen: 0 });
    expect(s.queue('Implement the parser in Rust, a long run', work).to_agent).toBe('kimi-ide');
  });

  it('considers all where nobody who may do it was seen', () => {
    const s = deserted();
    s.run('ollama', 'start_session', { seen: 0 });
    expect(['copilot', 'kimi', 'kimi-ide']).toContain(s.queue('Implement the parser', work).to_agent);
  });

  it('considers all where those who were seen are away', () => {
    const s = deserted();
    s.run('kimi-ide', 'set_availability', { status: 'offline' });
    expect(['copilot', 'kimi']).toContain(s.queue('Implement the parser', work).to_agent);
  });
});
