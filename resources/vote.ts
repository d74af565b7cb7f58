import type { ResourceDefinition } from '../src/define-tool.ts';
import { findVote } from '../src/views/find-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';

export const vote: ResourceDefinition = {
  uri: 'federation://votes/{vote_id}',
  name: 'vote',
  title: 'One vote',
  description: 'A vote in full; its ballots and counts once it has closed.',
  mimeType: 'application/json',
  completes: { variable: 'vote_id', from: 'votes' },
  read: async ({ vote_id = '' }, federation) => fullVote(await findVote(federation, vote_id)),
  changedBy: ({ votes }) => [...votes].map((id) => `federation://votes/${id}`),
};
