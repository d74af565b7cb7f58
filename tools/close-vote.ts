import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';

export const closeVote = defineTool({
  name: 'close_vote',
  title: 'Close a vote early',
  description: 'End a vote before its deadline; the ballots cast so far decide it or escalate it to you.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: false },
  input: z.strictObject({ vote_id: voteId }),
  async handle(input, { federation, actor }) {
    const { vote } = await federation.execute('close_vote', input, actor());
    return {
      vote: fullVote(vote),
      next:
        vote.status === 'decided'
          ? `Decided: ${vote.choice ?? ''}.`
          : advise`Decide it with ${call('decide_vote', { vote_id: vote.vote_id })}, or extend or cancel it.`,
    };
  },
});
