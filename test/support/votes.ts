/** Small polls, ballots and judgements for the tests of voting. */
import type { CastBallot, Poll } from '../../src/domain/votes/vote.ts';
import { emptyVotingRecord, type Judgement, readVotingRecord } from '../../src/domain/votes/voting-record.ts';

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
    excess: () => 0,
    independence: 1,
    ...more,
  };
}
