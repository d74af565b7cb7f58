import type { EventKind } from '../../event-kind.ts';
import { oneLine } from '../../text.ts';
import { changeVote } from '../change-vote.ts';
import type { VoteId } from '../vote.ts';
import { changeVotingRecord, type JudgedVote } from '../voting-record.ts';

export interface VoteJudged {
  readonly type: 'vote_judged';
  readonly vote_id: VoteId;
  readonly right_choice: string;
  /** Integers that are added to the voting record; those of an earlier judgement are taken back. */
  readonly lesson: JudgedVote;
}

export const voteJudged: EventKind<VoteJudged> = {
  type: 'vote_judged',
  description: 'The operator said which option turned out right; holds what is learned from it.',
  fold(state, { vote_id, right_choice, lesson }, { at, by }) {
    changeVote(state, vote_id, (vote) => {
      const before = vote.judged === null ? state.voting : changeVotingRecord(state.voting, vote.judged.lesson, -1);
      state.voting = changeVotingRecord(before, lesson, 1);
      return { ...vote, judged: { right_choice, by, at, lesson } };
    });
  },
  line: ({ vote_id, right_choice }) => `judged ${vote_id}: "${oneLine(right_choice, 80)}" was right`,
  redact({ lesson: _lesson, ...event }) {
    return event;
  },
  news: 'each',
};
