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
    'Say which option turned out right. From this each voter’s confidence is calibrated; from the 31st judged vote on that counts. Judging again replaces the first judgement.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    right_choice: z.string().max(longestOption).describe(`An option, or ${noneRight} where none was right`),
  }),
  async handle(input, { federation, actor }) {
    const { vote, judged_votes } = await federation.execute('judge_vote', input, actor());
    return { vote: fullVote(vote), judged_votes, next: `${judged_votes} votes are judged.` };
  },
});
