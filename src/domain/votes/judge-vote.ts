import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { listed } from '../phrases.ts';
import { requirePerson } from '../tasks/standing.ts';
import { invalid } from '../tasks/task-fields.ts';
import { quote } from '../text.ts';
import { verdictSoFar } from './judge-by-check.ts';
import { judgementEvent } from './judgement.ts';
import { checkOption, existingVote } from './standing.ts';
import type { JudgingCheck, Vote } from './vote-state.ts';

/** Said where no option turned out right. A vote may have an option of this name; then it means that one. */
export const noneRight = 'none';

type Args = ArgsOf<'judge_vote'>;

/**
 * What turned out right, from which each voter's calibration is learned. Judging again replaces the first judgement. With
 * a check it is judged once that check has a verdict on work that depends on the vote.
 */
export function judgeVote(
  state: FederationState,
  args: Args,
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
  const deliberation = new Deliberation(state, context);
  if (args.check === undefined) judgeNow(deliberation, vote, args);
  else judgeByCheck(deliberation, vote, args.check, args);
  const result = (): ResultOf<'judge_vote'> => ({
    vote: existingVote(state, vote_id),
    judged_votes: state.voting.judged_votes,
  });
  return { events: deliberation.events, result };
}

function judgeNow(deliberation: Deliberation, vote: Vote, { right_choice: given, if_failed }: Args): void {
  if (if_failed !== undefined) throw invalid('if_failed', 'given without a check', 'Name the check, or leave it out.');
  if (given === undefined) {
    throw invalid(
      'right_choice',
      'expected an option or none, got nothing',
      advise`Say which option was right, or name a check: ${call('judge_vote', { vote_id: vote.vote_id })}.`,
    );
  }
  const right_choice = checkOption(vote, given, 'right_choice', [noneRight]);
  if (vote.judged?.right_choice === right_choice && vote.judging_check == null) return;
  deliberation.add(judgementEvent(vote, right_choice, deliberation.state.voting));
}

function judgeByCheck(deliberation: Deliberation, vote: Vote, check: string, args: Args): void {
  const { state, context } = deliberation;
  const known = Object.keys(context.config.checks);
  if (!known.includes(check)) {
    throw invalid(
      'check',
      `${quote(check)} is not configured`,
      known.length === 0 ? 'Add it to checks in .federation/config.json.' : `Use one of ${listed(known, 10)}.`,
    );
  }
  const judging: JudgingCheck = {
    check,
    right_choice: checkOption(vote, args.right_choice ?? vote.choice ?? noneRight, 'right_choice', [noneRight]),
    if_failed: checkOption(vote, args.if_failed ?? noneRight, 'if_failed', [noneRight]),
    by: context.actor.name,
  };
  if (judging.right_choice === judging.if_failed) {
    throw invalid(
      'if_failed',
      `expected another option than ${quote(judging.right_choice)}, which counts as right if it passes`,
      `Name another option, or ${noneRight}.`,
    );
  }
  deliberation.add({ type: 'judging_check_set', vote_id: vote.vote_id, ...judging });
  const found = verdictSoFar(state, vote.vote_id, check);
  if (found === null) return;
  const right_choice = found.verdict === 'passed' ? judging.right_choice : judging.if_failed;
  deliberation.add({ ...judgementEvent(vote, right_choice, state.voting), check, task_id: found.task_id });
}
