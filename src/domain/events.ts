/**
 * Every kind of event there is: the one table that the union of events, folding, the log, the readable form and
 * `docs/events.md` follow from. Names are past tense.
 *
 * Adding a kind: a file in the `events/` folder of its area, and an entry here.
 */
import { availabilitySet } from './agents/events/availability-set.ts';
import { sessionStarted } from './agents/events/session-started.ts';
import { checkRecorded } from './checks/events/check-recorded.ts';
import { successReported } from './checks/events/success-reported.ts';
import { verificationChanged } from './checks/events/verification-changed.ts';
import type { EventKind } from './event-kind.ts';
import { commitMissed } from './landing/events/commit-missed.ts';
import { landingBegun } from './landing/events/landing-begun.ts';
import { workDropped } from './landing/events/work-dropped.ts';
import { workLanded } from './landing/events/work-landed.ts';
import { workReverted } from './landing/events/work-reverted.ts';
import { workSaved } from './landing/events/work-saved.ts';
import { worktreeOpened } from './landing/events/worktree-opened.ts';
import { outcomeRecorded } from './metrics/events/outcome-recorded.ts';
import { examplesTaught } from './routing/events/examples-taught.ts';
import { optimizationApplied } from './routing/events/optimization-applied.ts';
import { optimizationReverted } from './routing/events/optimization-reverted.ts';
import { runEnded } from './runs/events/run-ended.ts';
import { runPlanned } from './runs/events/run-planned.ts';
import { runSettled } from './runs/events/run-settled.ts';
import { runStarted } from './runs/events/run-started.ts';
import { runStopAsked } from './runs/events/run-stop-asked.ts';
import { clockSteppedBack } from './scheduling/events/clock-stepped-back.ts';
import { escalationChanged } from './scheduling/events/escalation-changed.ts';
import { escalationClosed } from './scheduling/events/escalation-closed.ts';
import { escalationOpened } from './scheduling/events/escalation-opened.ts';
import { federationPaused } from './scheduling/events/federation-paused.ts';
import { federationResumed } from './scheduling/events/federation-resumed.ts';
import { followUpsHeld } from './scheduling/events/follow-ups-held.ts';
import { followUpsSettled } from './scheduling/events/follow-ups-settled.ts';
import { lossAccepted } from './scheduling/events/loss-accepted.ts';
import { requestRemembered } from './scheduling/events/request-remembered.ts';
import { schedulingSwitched } from './scheduling/events/scheduling-switched.ts';
import { attemptFailed } from './tasks/events/attempt-failed.ts';
import { dependentsContinued } from './tasks/events/dependents-continued.ts';
import { dependentsMoved } from './tasks/events/dependents-moved.ts';
import { followUpJoined } from './tasks/events/follow-up-joined.ts';
import { importUpdated } from './tasks/events/import-updated.ts';
import { lateCompletionKept } from './tasks/events/late-completion-kept.ts';
import { leaseLapsed } from './tasks/events/lease-lapsed.ts';
import { notesRead } from './tasks/events/notes-read.ts';
import { progressReported } from './tasks/events/progress-reported.ts';
import { startTimesReached } from './tasks/events/start-times-reached.ts';
import { taskApproved } from './tasks/events/task-approved.ts';
import { taskCancelled } from './tasks/events/task-cancelled.ts';
import { taskClaimed } from './tasks/events/task-claimed.ts';
import { taskCompleted } from './tasks/events/task-completed.ts';
import { taskEdited } from './tasks/events/task-edited.ts';
import { taskFailed } from './tasks/events/task-failed.ts';
import { taskImported } from './tasks/events/task-imported.ts';
import { taskNoted } from './tasks/events/task-noted.ts';
import { taskQueued } from './tasks/events/task-queued.ts';
import { taskReassigned } from './tasks/events/task-reassigned.ts';
import { taskReleased } from './tasks/events/task-released.ts';
import { taskRequeued } from './tasks/events/task-requeued.ts';
import { taskReviewed } from './tasks/events/task-reviewed.ts';
import { tasksArchived } from './tasks/events/tasks-archived.ts';
import { changeUndone } from './undo/events/change-undone.ts';
import { ballotCast } from './votes/events/ballot-cast.ts';
import { voteCancelled } from './votes/events/vote-cancelled.ts';
import { voteDecided } from './votes/events/vote-decided.ts';
import { voteEscalated } from './votes/events/vote-escalated.ts';
import { voteExtended } from './votes/events/vote-extended.ts';
import { judgingCheckSet } from './votes/events/judging-check-set.ts';
import { voteImported } from './votes/events/vote-imported.ts';
import { voteJudged } from './votes/events/vote-judged.ts';
import { voteOpened } from './votes/events/vote-opened.ts';
import { voteOverruled } from './votes/events/vote-overruled.ts';
import { votesArchived } from './votes/events/votes-archived.ts';

const kinds = {
  task_queued: taskQueued,
  task_imported: taskImported,
  import_updated: importUpdated,
  task_claimed: taskClaimed,
  progress_reported: progressReported,
  task_noted: taskNoted,
  notes_read: notesRead,
  task_completed: taskCompleted,
  attempt_failed: attemptFailed,
  task_failed: taskFailed,
  lease_lapsed: leaseLapsed,
  late_completion_kept: lateCompletionKept,
  task_released: taskReleased,
  task_reviewed: taskReviewed,
  dependents_moved: dependentsMoved,
  task_cancelled: taskCancelled,
  task_approved: taskApproved,
  task_reassigned: taskReassigned,
  task_requeued: taskRequeued,
  task_edited: taskEdited,
  follow_up_joined: followUpJoined,
  dependents_continued: dependentsContinued,
  start_times_reached: startTimesReached,
  tasks_archived: tasksArchived,
  success_reported: successReported,
  check_recorded: checkRecorded,
  verification_changed: verificationChanged,
  worktree_opened: worktreeOpened,
  work_saved: workSaved,
  commit_missed: commitMissed,
  landing_begun: landingBegun,
  work_landed: workLanded,
  work_dropped: workDropped,
  work_reverted: workReverted,
  vote_opened: voteOpened,
  vote_imported: voteImported,
  ballot_cast: ballotCast,
  vote_decided: voteDecided,
  vote_escalated: voteEscalated,
  vote_extended: voteExtended,
  vote_cancelled: voteCancelled,
  vote_judged: voteJudged,
  judging_check_set: judgingCheckSet,
  vote_overruled: voteOverruled,
  votes_archived: votesArchived,
  examples_taught: examplesTaught,
  outcome_recorded: outcomeRecorded,
  optimization_applied: optimizationApplied,
  optimization_reverted: optimizationReverted,
  run_planned: runPlanned,
  run_started: runStarted,
  run_ended: runEnded,
  run_settled: runSettled,
  run_stop_asked: runStopAsked,
  availability_set: availabilitySet,
  session_started: sessionStarted,
  federation_paused: federationPaused,
  federation_resumed: federationResumed,
  scheduling_switched: schedulingSwitched,
  follow_ups_held: followUpsHeld,
  follow_ups_settled: followUpsSettled,
  escalation_opened: escalationOpened,
  escalation_changed: escalationChanged,
  escalation_closed: escalationClosed,
  change_undone: changeUndone,
  request_remembered: requestRemembered,
  loss_accepted: lossAccepted,
  clock_stepped_back: clockSteppedBack,
};

type EventIn<Kind> = Kind extends EventKind<infer Event> ? Event : never;
/** A kind that stands under another's name has no event here, and does not compile below. */
type Events = { readonly [T in keyof typeof kinds]: Extract<EventIn<(typeof kinds)[T]>, { type: T }> };

export type EventType = keyof typeof kinds;
export type EventOf<T extends EventType> = Events[T];
export type FederationEvent = EventOf<EventType>;

export const eventKinds: { readonly [T in EventType]: EventKind<Events[T]> } = kinds;

/** What is known of this kind; of an event whose kind is not known here, what is known of all. */
export function kindOf<T extends EventType>(type: T): EventKind<Events[T]> {
  return eventKinds[type];
}

const known: ReadonlySet<string> = new Set(Object.keys(kinds));

/** A journal with others was written by a newer version. */
export function isKnownEventType(type: string): type is EventType {
  return known.has(type);
}
