import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { mostMinutes } from '../src/domain/votes/extend-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';

export const extendVote = defineTool({
  name: 'extend_vote',
  title: 'Extend a vote',
  description:
    'Give a vote more time. An escalated one becomes active again, counted from now, and its ballots are sealed again.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({ vote_id: voteId, minutes: z.number().min(1).max(mostMinutes) }),
  async handle(input, { federation, actor }) {
    const { vote } = await federation.execute('extend_vote', input, actor());
    return { vote: fullVote(vote), next: `Open until ${vote.deadline}, or until a ballot settles it.` };
  },
});
