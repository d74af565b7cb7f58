import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { voteStatuses } from '../src/domain/votes/vote.ts';
import { listVotes as listView } from '../src/views/list-votes.ts';
import { page } from './arguments.ts';

export const listVotes = defineTool({
  name: 'list_votes',
  title: 'List votes',
  description: 'Find votes by status, newest first, 20 a page. Returns briefs; get_vote shows one in full.',
  audience: 'operator',
  core: false,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ status: z.enum(voteStatuses).optional(), ...page }),
  async handle(input, { federation }) {
    const list = listView(federation.state(), input);
    const [first] = list.items;
    const next =
      list.total === 0
        ? 'No votes match.'
        : list.next_cursor === undefined
          ? advise`${call('get_vote', first === undefined ? {} : { vote_id: first.vote_id })} shows ${first === undefined ? 'one' : 'it'} in full.`
          : advise`${list.items.length} of ${list.total}; next page: ${call('list_votes', { ...input, cursor: list.next_cursor })}`;
    return { ...list, next };
  },
});
