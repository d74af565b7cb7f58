import type { EventKind } from '../../event-kind.ts';
import type { VoteId } from '../vote.ts';
import { plural } from '../../phrases.ts';

export interface VotesArchived {
  readonly type: 'votes_archived';
  readonly vote_ids: readonly VoteId[];
}

export const votesArchived: EventKind<VotesArchived> = {
  type: 'votes_archived',
  description: 'Old finished votes left the state; their ids still resolve.',
  fold(state, { vote_ids }) {
    for (const id of vote_ids) {
      const vote = state.votes.get(id);
      if (vote === undefined || vote.status === 'active' || vote.status === 'escalated') continue;
      state.archivedVotes.set(id, { vote_id: id, status: vote.status, choice: vote.choice, continued: vote.continued });
      state.votes.delete(id);
    }
  },
  line: ({ vote_ids }) => `archived ${plural(vote_ids.length, 'finished vote')}`,
  redact: 'nothing',
  news: 'each',
};
