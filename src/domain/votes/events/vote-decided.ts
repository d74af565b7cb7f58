import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { countClosing } from '../../metrics/count-votes.ts';
import { settle } from '../../tasks/change-task.ts';
import { oneLine } from '../../text.ts';
import { changeVote, closed, shownClosing } from '../change-vote.ts';
import type { VoteId } from '../vote.ts';
import type { ClosingCause, ClosingRecord } from '../vote-state.ts';

export interface VoteDecided {
  readonly type: 'vote_decided';
  readonly vote_id: VoteId;
  readonly choice: string;
  readonly decided_by: 'agents' | 'operator';
  readonly reason: string | null;
  /** The client program that an operator's decision came through. */
  readonly via: string | null;
  /** `null` where it had closed before: it was escalated. */
  readonly closing: ClosingRecord | null;
}

export const voteDecided: EventKind<VoteDecided> = {
  type: 'vote_decided',
  description: 'A vote was decided, by its ballots or by the operator; holds the opened ballots if this closed it.',
  count(state, { vote_id, decided_by, closing }, meta) {
    if (closing !== null) countClosing(state, vote_id, decided_by, meta);
  },
  fold(state, { vote_id, choice, decided_by, reason, via, closing }, { at, by }) {
    changeVote(state, vote_id, (vote) => ({
      ...closed(vote, closing, at),
      status: 'decided',
      choice,
      decided: { decided_by, by, at, reason, via },
      finished_at: at,
    }));
    settle(state, vote_id, at);
  },
  line({ vote_id, choice, decided_by, reason, closing }) {
    const how = decided_by === 'operator' ? `by the operator${because(reason)}` : inWords(closing?.because);
    return `${vote_id} decided: "${oneLine(choice, 80)}", ${how}`;
  },
  redact: (event) => ({ ...event, closing: shownClosing(event.closing) }),
  news: 'each',
};

function inWords(cause: ClosingCause | undefined): string {
  switch (cause) {
    case 'everyone-voted':
      return 'everyone voted';
    case 'settled-early':
      return 'the remaining ballots could not change it';
    case 'deadline':
      return 'time was up';
    case 'operator':
    case undefined:
      return 'closed by the operator';
  }
}
