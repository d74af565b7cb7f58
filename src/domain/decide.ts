/**
 * Command and state in, events out. A table of small functions; each refuses by
 * throwing a FederationError, or returns events together with a refusal where
 * something must be recorded although the caller is refused.
 */
import { setAvailability } from './agents/set-availability.ts';
import { startSession } from './agents/start-session.ts';
import type { ArgsOf, CommandName, Decision, DecisionContext, ResultOf } from './commands.ts';
import { recordChecks } from './checks/record-checks.ts';
import type { FederationState } from './federation-state.ts';
import { dropWork } from './landing/drop-work.ts';
import { beginLanding, finishLanding, refuseLanding, revertWork } from './landing/land-work.ts';
import { missCommits } from './landing/miss-commits.ts';
import { openWorktree, saveWork } from './landing/save-work.ts';
import { teachRouting } from './routing/teach-routing.ts';
import { optimizeRouting } from './routing/optimize-routing.ts';
import { recordOutcome } from './metrics/record-outcome.ts';
import { beginRun } from './runs/begin-run.ts';
import { endRun, startRun, stopRun } from './runs/follow-run.ts';
import { settleRun } from './runs/settle-run.ts';
import { pauseFederation, resumeFederation } from './scheduling/pause.ts';
import { answerInbox } from './scheduling/answer-inbox.ts';
import { switchScheduling } from './scheduling/switch-scheduling.ts';
import { tick } from './scheduling/tick.ts';
import { cancelTask } from './tasks/cancel-task.ts';
import { claimTask } from './tasks/claim-task.ts';
import { completeTask } from './tasks/complete-task.ts';
import { importVotes } from './votes/import-votes.ts';
import { importTasks } from './tasks/import-tasks.ts';
import { overrideTask } from './tasks/override-task.ts';
import { queuePlan } from './tasks/queue-plan.ts';
import { queueTask } from './tasks/queue-task.ts';
import { endSession, releaseTask } from './tasks/release-task.ts';
import { reportProgress } from './tasks/report-progress.ts';
import { reviewTask } from './tasks/review-task.ts';
import { undoChange } from './undo/undo-change.ts';
import { cancelVote } from './votes/cancel-vote.ts';
import { castVote } from './votes/cast-vote.ts';
import { closeVote } from './votes/close-vote.ts';
import { decideVote } from './votes/decide-vote.ts';
import { extendVote } from './votes/extend-vote.ts';
import { judgeVote } from './votes/judge-vote.ts';
import { openVote } from './votes/open-vote.ts';

type Deciders = {
  readonly [C in CommandName]: (
    state: FederationState,
    args: ArgsOf<C>,
    context: DecisionContext,
  ) => Decision<ResultOf<C>>;
};

const deciders: Deciders = {
  queue_task: queueTask,
  queue_plan: queuePlan,
  import_tasks: importTasks,
  import_votes: importVotes,
  claim_task: claimTask,
  report_progress: reportProgress,
  complete_task: completeTask,
  record_checks: recordChecks,
  open_worktree: openWorktree,
  save_work: saveWork,
  miss_commits: missCommits,
  begin_landing: beginLanding,
  finish_landing: finishLanding,
  refuse_landing: refuseLanding,
  drop_work: dropWork,
  revert_work: revertWork,
  release_task: releaseTask,
  review_task: reviewTask,
  cancel_task: cancelTask,
  override_task: overrideTask,
  set_availability: setAvailability,
  start_session: startSession,
  end_session: endSession,
  begin_run: beginRun,
  start_run: startRun,
  end_run: endRun,
  settle_run: settleRun,
  stop_run: stopRun,
  pause_federation: pauseFederation,
  resume_federation: resumeFederation,
  open_vote: openVote,
  cast_vote: castVote,
  decide_vote: decideVote,
  judge_vote: judgeVote,
  extend_vote: extendVote,
  close_vote: closeVote,
  cancel_vote: cancelVote,
  teach_routing: teachRouting,
  switch_scheduling: switchScheduling,
  record_outcome: recordOutcome,
  optimize_routing: optimizeRouting,
  answer_inbox: answerInbox,
  undo_change: undoChange,
  tick: (state, _args, context) => tick(state, context),
};

export function decide<C extends CommandName>(
  state: FederationState,
  command: C,
  args: ArgsOf<C>,
  context: DecisionContext,
): Decision<ResultOf<C>> {
  return deciders[command](state, args, context);
}
