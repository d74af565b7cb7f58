import type { EventKind } from '../../event-kind.ts';
import { oneLine } from '../../text.ts';
import { changeVote } from '../change-vote.ts';
import type { TaskId } from '../../names.ts';
import type { VoteId } from '../vote.ts';
import { changeVotingRecord, type JudgedVote } from '../voting-record.ts';

export interface VoteJudged {
  readonly type: 'vote_judged';
  readonly vote_id: VoteId;
  readonly right_choice: string;
  /** Integers that are added to the voting record; those of an earlier judgement are taken back. */
  readonly lesson: JudgedVote;
  /** By which check, and on whose work; absent: a person said so. */
  readonly check?: string;
  readonly task_id?: TaskId;
}

export const voteJudged: EventKind<VoteJudged> = {
  type: 'vote_judged',
  description:
    'The operator, or a check that the operator named, said which option turned out right; holds what is learned from it.',
  fold(state, { vote_id, right_choice, lesson, check, task_id }, { at, by }) {
    changeVote(state, vote_id, (vote) => {
      const before = vote.judged === null ? state.voting : changeVotingRecord(state.voting, vote.judged.lesson, -1);
      state.voting = changeVotingRecord(before, lesson, 1);
      const proof = check === undefined || task_id === undefined ? {} : { check, task_id };
      const who = check === undefined ? by : (vote.judging_check?.by ?? by);
      const judged = { right_choice, by: who, at, lesson, ...proof };
      return { ...vote, judged, ...(vote.judging_check == null ? {} : { judging_check: null }) };
    });
  },
  line: ({ vote_id, right_choice, check, task_id }) =>
    `judged ${vote_id}: "${oneLine(right_choice, 80)}" was right${check === undefined ? '' : `, by ${check} on ${task_id ?? ''}`}`,
  redact({ lesson: _lesson, ...event }) {
    return event;
  },
  news: 'each',
};
