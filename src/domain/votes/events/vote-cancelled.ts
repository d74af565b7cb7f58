import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { settle } from '../../tasks/change-task.ts';
import { changeVote } from '../change-vote.ts';
import type { VoteId } from '../vote.ts';

export interface VoteCancelled {
  readonly type: 'vote_cancelled';
  readonly vote_id: VoteId;
  readonly reason: string;
  readonly via: string | null;
}

export const voteCancelled: EventKind<VoteCancelled> = {
  type: 'vote_cancelled',
  description: 'A vote was cancelled; sealed ballots stay sealed.',
  fold(state, { vote_id, reason, via }, { at, by }) {
    changeVote(state, vote_id, (vote) => ({
      ...vote,
      status: 'cancelled',
      // Never counted, so never opened: the question may be put again. Who had voted stays known.
      ballots:
        vote.status === 'active' && vote.seal_key !== null
          ? vote.ballots.map(({ agent }) => ({ agent, revisions: [] }))
          : vote.ballots,
      cancelled: { by, at, reason, via },
      finished_at: at,
    }));
    settle(state, vote_id, at);
  },
  line: ({ vote_id, reason }) => `cancelled ${vote_id}${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
