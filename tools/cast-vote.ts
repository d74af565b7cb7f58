import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call, sentences } from '../src/domain/advice.ts';
import type { Actor } from '../src/domain/commands.ts';
import { present } from '../src/views/task-views.ts';
import { ownBallot, resultOf, votedIn } from '../src/views/vote-views.ts';
import { heldHere, whatNext } from '../src/views/what-next.ts';
import type { Federation } from '../src/federation.ts';
import type { Vote } from '../src/domain/votes/vote-state.ts';
import { voteId } from './arguments.ts';
import { longestOption, longestReasoning, mostOptions } from '../src/domain/votes/limits.ts';

export const castVote = defineTool({
  name: 'cast_vote',
  title: 'Cast your ballot',
  description:
    'Cast or revise your ballot. Weigh the options yourself before you hear what others think. confidence: how likely your choice is right; it is scored later. abstain if you cannot tell. block sends the vote to the operator.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    vote_id: voteId,
    choice: z.string().max(longestOption).describe('Exactly one of the options, or abstain'),
    also: z
      .array(z.string().max(longestOption))
      .max(mostOptions)
      .optional()
      .describe('approval: others approved; ranked: next best first'),
    confidence: z.number().min(0).max(1),
    reasoning: z.string().max(longestReasoning),
    block: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { vote, ballot, revision } = await federation.execute('cast_vote', input, caller);
    const result = resultOf(vote);
    return {
      vote_id: vote.vote_id,
      status: vote.status,
      voted: votedIn(vote),
      eligible: vote.eligible.map(({ agent }) => agent),
      deadline: vote.deadline,
      your_ballot: { ...ownBallot(ballot), revision },
      ...present({ result }),
      next: nextAfter(federation, vote, caller),
    };
  },
  question({ vote_id, ...result }, { federation, actor }) {
    const state = federation.state();
    const vote = state.votes.get(vote_id);
    const inbox_id = state.escalationKeys.get(`vote:${vote_id}`);
    if (vote?.status !== 'escalated' || inbox_id === undefined) return null;
    return {
      message: questionAbout(vote),
      choices: vote.options,
      answer: async (choice, note, person) => {
        const args = { inbox_id, action: 'decide', choice, ...(note === null ? {} : { note }) } as const;
        const { vote: now } = await federation.execute('answer_inbox', args, person);
        if (now === null)
          return { ...result, vote_id, next: advise`Read the result with ${call('get_vote', { vote_id })}.` };
        return {
          ...result,
          vote_id,
          status: now.status,
          ...present({ result: resultOf(now) }),
          next: nextAfter(federation, now, actor()),
        };
      },
    };
  },
});

function questionAbout({ vote_id, question, escalated, closing }: Vote): string {
  const shares = closing?.tally.in_force.map(({ option, share }) => `${option}: ${Math.round(share * 100)}%`) ?? [];
  return `${vote_id} is undecided (${escalated?.reason ?? ''}): ${question} Ballots: ${shares.join(', ')}. Decline to leave it in the inbox.`;
}

function nextAfter(federation: Federation, vote: Vote, caller: Actor): Advice {
  return sentences(standing(vote), whileOpen(federation, vote, caller), whatNext(federation, caller));
}

function standing({ status, choice, escalated, deadline }: Vote): string {
  if (status === 'decided') return `Decided: ${choice ?? ''}. Go ahead with that.`;
  if (status === 'escalated') return `${escalated?.to ?? 'The operator'} will decide (${escalated?.reason ?? ''}).`;
  return `It closes at ${deadline}, or once everyone has voted.`;
}

/** Who asked may need the answer for what it has in hand. */
function whileOpen(federation: Federation, { vote_id, status, opened_by }: Vote, caller: Actor): Advice {
  const [held] = heldHere(federation, caller);
  if (held === undefined || opened_by !== caller.name || status === 'decided') return '';
  return advise`If ${held.task_id} needs the result: ${call('release_task', { task_id: held.task_id, wait_for: [vote_id] })}.`;
}
