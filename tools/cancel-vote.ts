import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { whatIsLeftOf } from '../src/views/what-happens.ts';
import { note, voteId } from './arguments.ts';

export const cancelVote = defineTool({
  name: 'cancel_vote',
  title: 'Cancel a vote',
  description: 'Cancel a vote. Sealed ballots stay sealed. Tasks that depend on the result are blocked.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: false },
  input: z.strictObject({ vote_id: voteId, reason: note }),
  async handle(input, { federation, actor }) {
    const { vote, blocked } = await federation.execute('cancel_vote', input, actor());
    return {
      vote: fullVote(vote),
      ...(blocked.length === 0 ? {} : { blocked }),
      next: whatIsLeftOf(federation, vote.vote_id, [], actor()),
    };
  },
});
