import type { EventKind } from '../../event-kind.ts';
import { oneLine } from '../../text.ts';
import { changeVote } from '../change-vote.ts';
import type { VoteId } from '../vote.ts';
import type { JudgingCheck } from '../vote-state.ts';

export interface JudgingCheckSet extends JudgingCheck {
  readonly type: 'judging_check_set';
  readonly vote_id: VoteId;
}

export const judgingCheckSet: EventKind<JudgingCheckSet> = {
  type: 'judging_check_set',
  description: 'The operator lets a check judge a decided vote, by its next verdict on work that depends on it.',
  fold(state, { vote_id, type: _type, ...judging_check }) {
    changeVote(state, vote_id, (vote) => ({ ...vote, judging_check }));
  },
  line: ({ vote_id, check, right_choice }) =>
    `let ${check} judge ${vote_id}: "${oneLine(right_choice, 80)}" is right if it passes`,
  redact: 'nothing',
  news: 'none',
};
