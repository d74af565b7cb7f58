import type { ResourceDefinition } from '../src/define-tool.ts';
import { listVotes } from '../src/views/list-votes.ts';
import { briefVote } from '../src/views/vote-views.ts';

/** Votes shown of each kind; list_votes pages through the rest. */
const most = 50;

export const votes: ResourceDefinition = {
  uri: 'federation://votes',
  name: 'votes',
  title: 'Votes',
  description: 'Active votes, the nearest deadline first; escalated ones; the newest that are over. Never a ballot.',
  mimeType: 'application/json',
  read: async (_variables, federation) => {
    const state = federation.state();
    const { deadlines, escalated } = state.voteIndex;
    const briefs = (ids: Iterable<string>) =>
      [...ids]
        .slice(0, most)
        .flatMap((id) => state.votes.get(id) ?? [])
        .map(briefVote);
    return {
      active: briefs(deadlines.values()),
      active_total: deadlines.size,
      escalated: briefs(escalated),
      escalated_total: escalated.size,
      decided: listVotes(state, { status: 'decided' }).items,
      judged_votes: state.voting.judged_votes,
    };
  },
  changedBy: ({ votes: changed }) => (changed.size > 0 ? ['federation://votes'] : []),
};
