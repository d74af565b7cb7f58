import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { mostMinutes } from '../src/domain/votes/extend-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';

export const extendVote = defineTool({
  name: 'extend_vote',
  title: 'Extend a vote',
  description:
    'Give a vote more time. An escalated one is active again, counted from now, and its ballots are sealed anew.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ vote_id: voteId, minutes: z.number().min(1).max(mostMinutes) }),
  async handle(input, { federation, actor }) {
    const { vote } = await federation.execute('extend_vote', input, actor());
    return { vote: fullVote(vote), next: `It is open until ${vote.deadline}, or until the next ballot settles it.` };
  },
});
