/** Small polls, ballots, judgements and votes for the tests of voting. */
import type { ArgsOf } from '../../src/domain/commands.ts';
import type { CastBallot, Poll } from '../../src/domain/votes/vote.ts';
import { emptyVotingRecord, type Judgement, readVotingRecord } from '../../src/domain/votes/voting-record.ts';
import type { Vote } from '../../src/domain/votes/vote-state.ts';
import type { Scenario } from './scenario.ts';

export const unjudged: Judgement = readVotingRecord(emptyVotingRecord);

export function pollOf(options: readonly string[], agents: readonly string[], more: Partial<Poll> = {}): Poll {
  return {
    options,
    method: 'weighted',
    quorum: 2,
    stakes: 'normal',
    topic: null,
    eligible: agents.map((agent) => ({ agent, family: null })),
    ...more,
  };
}

/** `confidence` in thousandths. */
export function ballot(
  agent: string,
  choice: string,
  confidence = 800,
  more: Partial<Pick<CastBallot, 'also' | 'block'>> = {},
): CastBallot {
  return { agent, choice, confidence, also: [], block: false, ...more };
}

/** A judgement in which agents are right as often as the table says, whatever they state. */
export function judgementOf(probabilities: Readonly<Record<string, number>>, more: Partial<Judgement> = {}): Judgement {
  return {
    judged_votes: 100,
    probability: (agent) => probabilities[agent] ?? 0.5,
    isProven: () => false,
    excess: () => 0,
    independence: 1,
    ...more,
  };
}

export function openVote(s: Scenario, args: Partial<ArgsOf<'open_vote'>> = {}, who = 'claude'): Vote {
  const { vote } = s.run(who, 'open_vote', {
    question: 'Which router?',
    options: ['app-router', 'pages-router'],
    eligible: ['claude', 'copilot', 'kimi'],
    ...args,
  });
  return vote;
}

export function castVote(
  s: Scenario,
  who: string,
  vote_id: string,
  choice: string,
  confidence = 0.9,
  more: Partial<ArgsOf<'cast_vote'>> = {},
): Vote {
  return s.run(who, 'cast_vote', { vote_id, choice, confidence, reasoning: `${who} thinks so`, ...more }).vote;
}

export function voteIn(s: Scenario, id: string): Vote {
  const vote = s.state.votes.get(id);
  if (vote === undefined) throw new Error(`Expected ${id} in state, got none`);
  return vote;
}
