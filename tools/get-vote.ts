import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { findVote } from '../src/views/find-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';

export const getVote = defineTool({
  name: 'get_vote',
  title: 'Show a vote',
  description: 'Show one vote: the question, who has voted, and once it has closed the result, counts and ballots.',
  audience: 'agent',
  core: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ vote_id: voteId }),
  async handle({ vote_id }, { federation }) {
    const vote = await findVote(federation, vote_id);
    return { vote: fullVote(vote), next: nextFor(vote.status) };
  },
});

function nextFor(status: string): string {
  if (status === 'active') return 'cast_vote if you are eligible and have not voted.';
  if (status === 'escalated') return 'The operator settles it with decide_vote, extend_vote or cancel_vote.';
  return status === 'decided' ? 'Go on with the choice.' : 'The question was dropped.';
}
