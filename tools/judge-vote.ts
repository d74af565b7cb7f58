import { plural } from '../src/domain/phrases.ts';
import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { noneRight } from '../src/domain/votes/judge-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';
import { longestOption } from '../src/domain/votes/limits.ts';

export const judgeVote = defineTool({
  name: 'judge_vote',
  title: 'Judge a vote',
  description:
    'Record which option turned out right. This calibrates each voter’s confidence, which counts from the 6th judged vote on. Judging again replaces the earlier judgement.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    right_choice: z.string().max(longestOption).describe(`An option, or ${noneRight} if none was`),
  }),
  async handle(input, { federation, actor }) {
    const { vote, judged_votes } = await federation.execute('judge_vote', input, actor());
    return { vote: fullVote(vote), judged_votes, next: `${plural(judged_votes, 'vote')} judged so far.` };
  },
});
