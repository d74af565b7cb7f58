import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { invalid } from '../tasks/task-fields.ts';
import { closeIfDone } from './closing.ts';
import { withBallot } from './change-vote.ts';
import { decodeBytes, keyBytes, nonceBytes, sealBallot } from './sealing.ts';
import { checkOption, existingVote, openBallots } from './standing.ts';
import { abstain, type Ballot, toThousandths } from './vote.ts';
import type { BallotForm, Vote } from './vote-state.ts';

/** Second thoughts are welcome, a loop of them is not: each is kept. */
export const mostRevisions = 10;

type Args = ArgsOf<'cast_vote'>;

/** The voter is who is connected. Nothing this answers or refuses with tells of anyone else's ballot. */
export function castVote(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'cast_vote'>> {
  const { actor, now } = context;
  const vote = existingVote(state, args.vote_id);
  refuseUnlessOpen(state, vote, now);
  if (!vote.eligible.some(({ agent }) => agent === actor.name)) {
    throw new CallerError(
      'not-allowed',
      `${actor.name} is not eligible in ${vote.vote_id}; that was fixed when it opened.`,
      actor.kind === 'person'
        ? advise`A person decides it with ${call('decide_vote', { vote_id: vote.vote_id })}.`
        : 'Carry on with your own work.',
    );
  }
  const ballot = checkBallot(vote, args);
  const own = vote.ballots.find(({ agent }) => agent === actor.name);
  const revisions = own?.revisions.length ?? 0;
  if (isRepeat(vote, actor.name, ballot)) {
    return { events: [], result: () => ({ vote: existingVote(state, vote.vote_id), ballot, revision: revisions }) };
  }
  if (revisions >= mostRevisions) {
    throw new CallerError(
      'limit-reached',
      `Your ballot in ${vote.vote_id} was revised ${revisions - 1} times; the limit is ${mostRevisions - 1}.`,
      'Your last ballot stands.',
    );
  }
  const deliberation = new Deliberation(state, context);
  const form = formOf(vote, actor.name, ballot, context);
  deliberation.add({ type: 'ballot_cast', vote_id: vote.vote_id, agent: actor.name, ballot: form });
  closeIfDone(deliberation, withBallot(vote, actor.name, form, now));
  return {
    events: deliberation.events,
    result: () => ({ vote: existingVote(state, vote.vote_id), ballot, revision: revisions + 1 }),
  };
}

/** While the federation is paused the deadline stands still, so it cannot have passed. */
function refuseUnlessOpen(state: FederationState, vote: Vote, now: string): void {
  if (vote.status === 'active' && (now < vote.deadline || state.meta.paused !== null)) return;
  throw new CallerError(
    'closed',
    vote.status === 'active'
      ? `${vote.vote_id} ended at ${vote.deadline}.`
      : `${vote.vote_id} is ${vote.status}${vote.choice === null ? '' : `: ${vote.choice.slice(0, 60)}`}.`,
    vote.status === 'escalated'
      ? 'The operator will decide.'
      : advise`Read the result with ${call('get_vote', { vote_id: vote.vote_id })}.`,
  );
}

function checkBallot(vote: Vote, args: Args): Ballot {
  const choice = checkOption(vote, args.choice, 'choice', [abstain]);
  const also = (args.also ?? []).map((option) => checkOption(vote, option, 'also'));
  const block = args.block ?? false;
  if (also.length > 0 && (choice === abstain || (vote.method !== 'approval' && vote.method !== 'ranked'))) {
    throw invalid(
      'also',
      choice === abstain ? 'an abstention takes no other options' : `the method ${vote.method} counts one choice`,
      'Leave out the argument also.',
    );
  }
  if (new Set([choice, ...also]).size <= also.length) {
    throw invalid('also', 'lists an option twice, or repeats the choice', 'List each other option once.');
  }
  const reasoning = args.reasoning.trim();
  if (reasoning === '') {
    throw invalid(
      'reasoning',
      block ? 'a block needs reasoning, got none' : 'expected some text, got none',
      'Explain your choice in a sentence or two.',
    );
  }
  return { choice, also, confidence: toThousandths(args.confidence), reasoning, block };
}

/** The same ballot again, after an answer that was lost on the way. */
function isRepeat(vote: Vote, agent: string, ballot: Ballot): boolean {
  const own = vote.ballots.filter((cast) => cast.agent === agent);
  if (own.length === 0) return false;
  const last = openBallots({ ...vote, ballots: own }).ballots[0]?.revisions.at(-1)?.ballot;
  return last !== undefined && JSON.stringify(inOrder(last)) === JSON.stringify(inOrder(ballot));
}

function inOrder({ choice, also, confidence, reasoning, block }: Ballot): readonly unknown[] {
  return [choice, also, confidence, reasoning, block];
}

function formOf(vote: Vote, agent: string, ballot: Ballot, { random }: DecisionContext): BallotForm {
  if (vote.seal_key === null) return { open: ballot };
  const key = decodeBytes(vote.seal_key, keyBytes);
  return { sealed: sealBallot(ballot, { vote_id: vote.vote_id, agent }, key, random(nonceBytes)) };
}
