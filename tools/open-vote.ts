import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { longestOption, longestQuestion, mostOptions } from '../src/domain/votes/limits.ts';
import { stakesLevels, votingMethods } from '../src/domain/votes/vote.ts';
import { heldHere } from '../src/views/what-next.ts';
import { notSeen } from '../src/views/queue-views.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { addressee, taskType, timestamp } from './arguments.ts';

export const openVote = defineTool({
  name: 'open_vote',
  title: 'Open a vote',
  description:
    'Let agents vote on what they disagree on, instead of asking a person. Ballots are sealed until all have voted or time is up; voters see it in start_session. Tasks can depend on the vote_id.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    question: z.string().max(longestQuestion),
    options: z.array(z.string().max(longestOption)).max(mostOptions).describe('2 to 20'),
    context_url: z.string().max(2_000).optional(),
    topic: taskType.optional(),
    eligible: z.array(addressee).max(100).optional().describe('Default: available and busy agents'),
    quorum: z.int().optional().describe('Default 2'),
    method: z.enum(votingMethods).optional().describe('Default weighted, by confidence'),
    stakes: z.enum(stakesLevels).optional().describe('low may close early; the operator confirms high'),
    deadline: timestamp.optional(),
    open_ballots: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { vote } = await federation.execute('open_vote', input, caller);
    const [held] = heldHere(federation, caller);
    const isVoter = vote.eligible.some(({ agent }) => agent === caller.name);
    const not_seen = notSeen(
      federation,
      vote.eligible.map(({ agent }) => agent),
    );
    const seen = vote.eligible.length - not_seen.length;
    const few =
      seen < vote.quorum
        ? `Only ${seen} of ${vote.eligible.length} voters seen; the quorum is ${vote.quorum}. Unless more connect, ${federation.config.operator} must decide.`
        : '';
    return {
      vote: fullVote(vote),
      ...(not_seen.length === 0 ? {} : { not_seen }),
      next: sentences(
        few,
        isVoter
          ? advise`Cast your own ballot with ${call('cast_vote', { vote_id: vote.vote_id })}.`
          : advise`The agents vote; ${call('get_vote', { vote_id: vote.vote_id })} shows the result.`,
        held === undefined
          ? ''
          : advise`If ${held.task_id} needs the result, then ${call('release_task', { task_id: held.task_id, wait_for: [vote.vote_id] })}.`,
      ),
    };
  },
});
