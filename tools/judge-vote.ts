import { plural } from '../src/domain/phrases.ts';
import { z } from 'zod';
import { slug } from '../src/domain/slug.ts';
import { defineTool } from '../src/define-tool.ts';
import { noneRight } from '../src/domain/votes/judge-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';
import { longestOption } from '../src/domain/votes/limits.ts';

export const judgeVote = defineTool({
  name: 'judge_vote',
  title: 'Judge a vote',
  description:
    'Record which option turned out right. This calibrates each voter’s confidence, which counts from the 6th judged vote on. Judging again replaces the earlier judgement. With check, that check’s next verdict on finished work that depends on the vote judges it.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    right_choice: z
      .string()
      .max(longestOption)
      .optional()
      .describe(`An option, or ${noneRight} if none was. With check: if it passes; default what was decided`),
    check: slug.optional().describe('A configured check that is to judge it'),
    if_failed: z.string().max(longestOption).optional().describe(`With check: right if it fails; default ${noneRight}`),
  }),
  async handle(input, { federation, actor }) {
    const { vote, judged_votes } = await federation.execute('judge_vote', input, actor());
    const { vote_id, judging_check } = vote;
    const sofar = `${plural(judged_votes, 'vote')} judged so far.`;
    const next =
      judging_check == null
        ? sofar
        : `${judging_check.check} judges it once it has a verdict on finished work with ${vote_id} among its dependencies. ${sofar}`;
    return { vote: fullVote(vote), judged_votes, next };
  },
});
