import type { EventKind } from '../../event-kind.ts';
import { countClosing } from '../../metrics/count-votes.ts';
import { changeVote, closed, shownClosing } from '../change-vote.ts';
import type { EscalationReason, VoteId } from '../vote.ts';
import type { ClosingRecord } from '../vote-state.ts';

export interface VoteEscalated {
  readonly type: 'vote_escalated';
  readonly vote_id: VoteId;
  readonly reason: EscalationReason;
  /** The operator, by name. */
  readonly to: string;
  readonly closing: ClosingRecord;
}

export const voteEscalated: EventKind<VoteEscalated> = {
  type: 'vote_escalated',
  description: 'A vote closed without a valid result and waits for the operator; holds the opened ballots.',
  count: (state, { vote_id }, meta) => countClosing(state, vote_id, 'operator', meta),
  fold(state, { vote_id, reason, to, closing }, { at }) {
    changeVote(state, vote_id, (vote) => ({
      ...closed(vote, closing, at),
      status: 'escalated',
      escalated: { reason, to, at },
    }));
  },
  /** No more than why, since it may be extended and sealed again. */
  line: ({ vote_id, to, reason }) => `${vote_id} goes to ${to}: ${reason}`,
  redact: (event) => ({ ...event, closing: shownClosing(event.closing) }),
  news: 'each',
};
