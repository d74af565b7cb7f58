import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { type Advice, advise, call, sentences } from '../src/domain/advice.ts';
import type { Actor } from '../src/domain/commands.ts';
import { missingVoters } from '../src/domain/votes/standing.ts';
import type { Vote } from '../src/domain/votes/vote-state.ts';
import type { Federation } from '../src/federation.ts';
import { heldHere, whatNext } from '../src/views/what-next.ts';
import { findVote } from '../src/views/find-vote.ts';
import { fullVote } from '../src/views/vote-views.ts';
import { voteId } from './arguments.ts';

export const getVote = defineTool({
  name: 'get_vote',
  title: 'Show a vote',
  description: 'Show one vote: the question, who has voted, and once closed the result, counts and ballots.',
  audience: 'agent',
  core: true,
  card: true,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ vote_id: voteId }),
  async handle({ vote_id }, { federation, reader }) {
    const vote = await findVote(federation, vote_id);
    return { vote: fullVote(vote), next: nextFor(federation, vote, reader()) };
  },
});

function nextFor(federation: Federation, vote: Vote, reader: Actor | null): Advice {
  if (reader === null || reader.kind === 'person') return aboutVote(vote, reader);
  return sentences(
    aboutVote(vote, reader),
    heldHere(federation, reader).length === 0 ? '' : whatNext(federation, reader),
  );
}

function aboutVote(vote: Vote, reader: Actor | null): Advice {
  const { vote_id, status } = vote;
  if (status === 'active') {
    return reader !== null && missingVoters(vote).includes(reader.name)
      ? advise`Weigh the options yourself, then ${call('cast_vote', { vote_id })}.`
      : `It closes at ${vote.deadline}, or once everyone has voted.`;
  }
  if (status === 'escalated') {
    return reader?.kind === 'person'
      ? advise`Decide it with ${call('decide_vote', { vote_id })}, or extend or cancel it.`
      : 'The operator will decide.';
  }
  if (status === 'cancelled') return reader?.kind === 'person' ? '' : 'It was cancelled.';
  if (reader?.kind !== 'person') return 'Go ahead with that choice.';
  return vote.judged === null
    ? advise`Once you know which option was right, record it with ${call('judge_vote', { vote_id })}.`
    : '';
}
