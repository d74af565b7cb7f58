import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { checkOption, countedBallots, existingVote, judgementOf, openBallots } from './standing.ts';
import { changeVotingRecord, judgeBallots } from './voting-record.ts';

/** Said where no option turned out right. A vote may have an option of this name; then it means that one. */
export const noneRight = 'none';

/** What turned out right, from which each voter's calibration is learned. Judging again replaces the first judgement. */
export function judgeVote(
  state: FederationState,
  args: ArgsOf<'judge_vote'>,
  context: DecisionContext,
): Decision<ResultOf<'judge_vote'>> {
  requirePerson(context, 'judge a vote');
  const vote = existingVote(state, args.vote_id);
  const { vote_id } = vote;
  if (vote.status !== 'decided') {
    throw new CallerError(
      'wrong-state',
      `${vote_id} is ${vote.status}; only a decided vote can be judged.`,
      vote.status === 'cancelled' ? 'Nothing to do.' : 'Judge it once you know which option was right.',
    );
  }
  const right_choice = checkOption(vote, args.right_choice, 'right_choice', [noneRight]);
  const result = (): ResultOf<'judge_vote'> => ({
    vote: existingVote(state, vote_id),
    judged_votes: state.voting.judged_votes,
  });
  if (vote.judged?.right_choice === right_choice) return { events: [], result };
  const before = vote.judged === null ? state.voting : changeVotingRecord(state.voting, vote.judged.lesson, -1);
  const ballots = countedBallots(openBallots(vote).ballots);
  const deliberation = new Deliberation(state, context);
  deliberation.add({
    type: 'vote_judged',
    vote_id,
    right_choice,
    lesson: judgeBallots(vote, ballots, right_choice, judgementOf(before)),
  });
  return { events: deliberation.events, result };
}
