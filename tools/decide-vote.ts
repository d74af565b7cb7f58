import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { note, voteId } from './arguments.ts';
import { longestOption } from '../src/domain/votes/limits.ts';

export const decideVote = defineTool({
  name: 'decide_vote',
  title: 'Decide a vote',
  description:
    'Decide an escalated or active vote, or overrule a decided one: its first result stays on record, unfinished dependents get a note, nothing restarts.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    choice: z.string().max(longestOption).describe('Exactly one of the options'),
    reason: note,
  }),
  async handle(input, { federation, actor }) {
    const { vote } = await federation.execute('decide_vote', input, actor());
    return {
      vote: fullVote(vote),
      next: advise`Once you know which option was right, record it with ${call('judge_vote', { vote_id: vote.vote_id })}.`,
    };
  },
});
