import type { EventKind } from '../../event-kind.ts';
import type { Timestamp } from '../../time.ts';
import { changeVote, formed } from '../change-vote.ts';
import type { SealedBallot } from '../sealing.ts';
import type { VoteId } from '../vote.ts';
import type { AgentBallots } from '../vote-state.ts';

export interface VoteExtended {
  readonly type: 'vote_extended';
  readonly vote_id: VoteId;
  readonly deadline: Timestamp;
  /** Set where it had been escalated: it is active again, and its ballots are sealed again. */
  readonly reopened: { readonly ballots: readonly AgentBallots<SealedBallot>[] } | null;
}

export const voteExtended: EventKind<VoteExtended> = {
  type: 'vote_extended',
  description: 'A vote got a later deadline; an escalated one is active again and its ballots are sealed again.',
  fold(state, { vote_id, deadline, reopened }, { at }) {
    changeVote(state, vote_id, (vote) => {
      if (reopened === null) return { ...vote, deadline, held_open: true };
      const ballots = reopened.ballots.map((own) => formed(own, (sealed) => ({ sealed })));
      return {
        ...vote,
        status: 'active',
        deadline,
        counted_from: at,
        held_open: true,
        // A vote with open ballots has nothing to seal.
        ballots: vote.seal_key === null ? vote.ballots : ballots,
        closing: null,
        escalated: null,
      };
    });
  },
  line: ({ vote_id, deadline, reopened }) =>
    `${reopened === null ? 'extended' : 'reopened'} ${vote_id} until ${deadline}`,
  redact: (event) => ({ ...event, reopened: event.reopened !== null }),
  news: 'each',
};
