/** What a judgement teaches, as its event carries it. */
import type { VoteJudged } from './events/vote-judged.ts';
import { countedBallots, judgementOf, openBallots } from './standing.ts';
import type { Vote } from './vote-state.ts';
import { changeVotingRecord, judgeBallots, type VotingRecord } from './voting-record.ts';

/** `record`: before this judgement; that of an earlier one of the same vote is in it. */
export function judgementEvent(vote: Vote, right_choice: string, record: VotingRecord): VoteJudged {
  const before = vote.judged === null ? record : changeVotingRecord(record, vote.judged.lesson, -1);
  const ballots = countedBallots(openBallots(vote).ballots);
  const lesson = judgeBallots(vote, ballots, right_choice, judgementOf(before));
  return { type: 'vote_judged', vote_id: vote.vote_id, right_choice, lesson };
}
