import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { ownBallot, resultOf, votedIn } from '../src/views/vote-views.ts';
import type { Vote } from '../src/domain/votes/vote-state.ts';
import { voteId } from './arguments.ts';

export const castVote = defineTool({
  name: 'cast_vote',
  title: 'Cast your ballot',
  description:
    'Vote; calling again revises it. Weigh the options yourself before you hear what others think. confidence: how likely your choice is right; it is measured. abstain if you cannot tell. block sends the vote to the operator.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    choice: z.string().describe('An option to the letter, or abstain'),
    also: z.array(z.string()).optional().describe('approval: others approved; ranked: next best first'),
    confidence: z.number().min(0).max(1),
    reasoning: z.string(),
    block: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const { vote, ballot, revision } = await federation.execute('cast_vote', input, actor());
    const result = resultOf(vote);
    return {
      vote_id: vote.vote_id,
      status: vote.status,
      voted: votedIn(vote),
      eligible: vote.eligible.map(({ agent }) => agent),
      deadline: vote.deadline,
      your_ballot: { ...ownBallot(ballot), revision },
      ...(result === null ? {} : { result }),
      next: nextAfter(vote),
    };
  },
});

function nextAfter({ status, choice, escalated, deadline }: Vote): string {
  if (status === 'decided') return `It is decided: ${choice ?? ''}. Go on with that.`;
  if (status === 'escalated') return `${escalated?.to ?? 'The operator'} settles it (${escalated?.reason ?? ''}).`;
  return `Nothing more to do: it closes when the others have voted, at ${deadline} at the latest.`;
}
