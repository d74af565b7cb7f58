import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { stakesLevels, votingMethods } from '../src/domain/votes/vote.ts';
import { notSeen } from '../src/views/queue-views.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { taskType, timestamp } from './arguments.ts';

export const openVote = defineTool({
  name: 'open_vote',
  title: 'Open a vote',
  description:
    'Put to the vote what agents disagree on, instead of asking a person. Ballots are sealed until all have voted or the time is up; others find it in start_session. Tasks can depend on the vote_id.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    question: z.string(),
    options: z.array(z.string()).describe('2 to 20'),
    context_url: z.string().max(2_000).optional(),
    topic: taskType.optional(),
    eligible: z.array(z.string()).optional().describe('Default: agents that are there'),
    quorum: z.int().optional().describe('Default 2'),
    method: z.enum(votingMethods).optional().describe('Default weighted, by confidence'),
    stakes: z.enum(stakesLevels).optional().describe('low may close early; the operator confirms high'),
    deadline: timestamp.optional(),
    open_ballots: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { vote } = await federation.execute('open_vote', input, caller);
    const isVoter = vote.eligible.some(({ agent }) => agent === caller.name);
    const not_seen = notSeen(
      federation,
      vote.eligible.map(({ agent }) => agent),
    );
    const seen = vote.eligible.length - not_seen.length;
    if (seen < vote.quorum) {
      return {
        vote: fullVote(vote),
        not_seen,
        next: `Only ${seen} of the ${vote.eligible.length} who may vote were seen, and the quorum is ${vote.quorum}: unless more of them connect, ${federation.config.operator} must decide it. ${isVoter ? 'Cast your own ballot with cast_vote.' : ''}`.trimEnd(),
      };
    }
    return {
      vote: fullVote(vote),
      ...(not_seen.length === 0 ? {} : { not_seen }),
      next: isVoter
        ? advise`Cast your own ballot with ${call('cast_vote', { vote_id: vote.vote_id })}. To wait for the result, release your task with wait_for: [${vote.vote_id}].`
        : advise`The agents vote; ${call('get_vote', { vote_id: vote.vote_id })} shows the result.`,
    };
  },
});
