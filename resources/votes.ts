import type { ResourceDefinition } from '../src/define-tool.ts';
import { votesView } from '../src/views/list-votes.ts';

export const votes: ResourceDefinition = {
  uri: 'federation://votes',
  name: 'votes',
  title: 'Votes',
  description: 'Active votes, the nearest deadline first; escalated ones; the newest decided ones. Never a ballot.',
  mimeType: 'application/json',
  read: async (_variables, federation) => votesView(federation.state()),
  changedBy: ({ votes: changed }) => (changed.size > 0 ? ['federation://votes'] : []),
};
