/**
 * Every event there is. Names are past tense; fields are facts that `evolve`
 * needs without asking anyone: no event depends on the configuration of the
 * process that reads it.
 *
 * Adding an event: a member of a union here, a line in `eventDescriptions`, an
 * entry in the `evolve` table of its domain folder. Those of voting are in
 * `votes/vote-events.ts`, those of outcomes in `routing/outcome-events.ts`. `docs/events.md` follows.
 */
import type { AvailabilityStatus } from './agents/agent.ts';
import type { OutcomeEvent } from './routing/outcome-events.ts';
import type { Routing } from './routing/decision.ts';
import type { Escalation } from './scheduling/escalation.ts';
import type { FollowUp } from './scheduling/follow-up.ts';
import type { AgentName, DependencyId, SessionId, Task, TaskId } from './tasks/task.ts';
import type { Timestamp } from './time.ts';
import type { VoteEvent } from './votes/vote-events.ts';
import type { VoteId } from './votes/vote.ts';

/** What a new task is made of; the rest of a `Task` follows from its history. */
export type NewTask = Pick<
  Task,
  | 'task_id'
  | 'from_agent'
  | 'to_agent'
  | 'type'
  | 'description'
  | 'priority'
  | 'dependencies'
  | 'context'
  | 'not_before'
  | 'deadline'
  | 'max_attempts'
  | 'on_failure'
  | 'needs_approval'
  | 'routing'
  | 'caused_by'
  | 'rework_of'
  | 'rework_round'
  | 'subject'
  | 'idempotency_key'
>;

export type TaskEvent =
  | {
      readonly type: 'task_queued';
      readonly task: NewTask;
      /** It is addressed to a person. */
      readonly for_person?: true;
      /** A person's verdict sent the work back. */
      readonly by_person?: true;
    }
  | {
      readonly type: 'task_imported';
      readonly task: NewTask;
      readonly created_at: Timestamp;
      /** Set where the task was finished before it came here. */
      readonly finished: {
        readonly status: 'completed' | 'failed' | 'cancelled';
        readonly at: Timestamp;
        readonly summary: string;
      } | null;
      /** Where it came from and its id there. */
      readonly source: { readonly system: string; readonly id: string };
    }
  | {
      readonly type: 'task_claimed';
      readonly task_id: TaskId;
      readonly agent: AgentName;
      readonly session: SessionId;
      readonly attempt: number;
      readonly expires_at: Timestamp;
      readonly hold_until: Timestamp;
    }
  | {
      readonly type: 'progress_reported';
      readonly task_id: TaskId;
      readonly note: string | null;
      readonly progress: number | null;
      /** Set where the lease was moved. */
      readonly lease: { readonly expires_at: Timestamp; readonly hold_until: Timestamp } | null;
    }
  | {
      readonly type: 'task_completed';
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly summary: string;
      readonly artifacts: readonly string[];
      readonly duration_minutes: number | null;
      readonly unblocked: readonly TaskId[];
    }
  | {
      readonly type: 'attempt_failed';
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly summary: string;
      readonly artifacts: readonly string[];
      readonly duration_minutes: number | null;
      /** When it may be tried again; `null`: never, `task_failed` follows. */
      readonly retry_at: Timestamp | null;
    }
  | {
      readonly type: 'task_failed';
      readonly task_id: TaskId;
      readonly reason: string;
    }
  | {
      readonly type: 'lease_lapsed';
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly agent: AgentName;
      readonly cause: 'hold-reached' | 'process-gone' | 'expired';
    }
  | {
      readonly type: 'late_completion_kept';
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly outcome: 'success' | 'failure';
      readonly summary: string;
      readonly artifacts: readonly string[];
    }
  | {
      readonly type: 'task_released';
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly reason: string;
      /** Set where the release also addressed it anew. */
      readonly to_agent?: AgentName | null;
      /** The router's choice, where the release asked for one. */
      readonly routing?: Routing;
      /** The choice is in doubt, and much hangs on it: the operator must approve it first. */
      readonly needs_approval?: boolean;
      readonly wait_for: readonly DependencyId[];
    }
  | {
      readonly type: 'task_reviewed';
      readonly task_id: TaskId;
      readonly verdict: 'accept' | 'rework';
      readonly note: string;
    }
  | {
      /** Tasks that waited, or would have gone on, after `from` now wait for `to`. */
      readonly type: 'dependents_moved';
      readonly from: TaskId;
      readonly to: TaskId;
      readonly task_ids: readonly TaskId[];
    }
  | {
      readonly type: 'task_cancelled';
      readonly task_id: TaskId;
      readonly reason: string;
      /** The task whose failure or cancellation took this one along. */
      readonly because_of: TaskId | null;
    }
  | { readonly type: 'task_approved'; readonly task_id: TaskId; readonly reason: string | null }
  | {
      readonly type: 'task_reassigned';
      readonly task_id: TaskId;
      readonly to_agent: AgentName | null;
      readonly reason: string | null;
      /** The router's choice, where the operator asked for one. */
      readonly routing?: Routing;
    }
  | { readonly type: 'task_requeued'; readonly task_id: TaskId; readonly reason: string | null }
  | {
      /** A rule fired, and what it would have queued was there already. */
      readonly type: 'follow_up_joined';
      /** The finished task. */
      readonly task_id: TaskId;
      readonly rule: string;
      readonly joined: TaskId;
    }
  | { readonly type: 'dependents_continued'; readonly task_id: TaskId; readonly reason: string | null }
  | { readonly type: 'start_times_reached'; readonly task_ids: readonly TaskId[] }
  | { readonly type: 'tasks_archived'; readonly task_ids: readonly TaskId[] };

export type AgentEvent =
  | {
      readonly type: 'availability_set';
      readonly agent: AgentName;
      readonly status: AvailabilityStatus;
      readonly reason: string | null;
      readonly until: Timestamp | null;
    }
  | {
      readonly type: 'session_started';
      readonly agent: AgentName;
      readonly client: string | null;
      /** The last record this agent has now been told about. */
      readonly seen: number;
    };

export type SchedulingEvent =
  | { readonly type: 'federation_paused'; readonly reason: string | null }
  | { readonly type: 'federation_resumed'; readonly release: 'all' | 'none' | 'ask' }
  | { readonly type: 'scheduling_switched'; readonly on: boolean }
  | {
      /** What rules would have queued, kept until the escalation with this key is answered. */
      readonly type: 'follow_ups_held';
      readonly key: string;
      readonly follow_ups: readonly FollowUp[];
    }
  | {
      readonly type: 'follow_ups_settled';
      readonly held_ids: readonly string[];
      /** released: `task_queued` follows for each that nobody has queued meanwhile. */
      readonly how: 'released' | 'dropped';
    }
  | { readonly type: 'escalation_opened'; readonly escalation: Escalation }
  | {
      readonly type: 'escalation_closed';
      readonly inbox_id: string;
      /** The action it was answered with, or how it settled itself. */
      readonly how: string;
      /** Why, in the words of who answered. */
      readonly note: string | null;
    }
  | {
      /** A request with an idempotency key: the same again gives these ids. */
      readonly type: 'request_remembered';
      readonly key: string;
      readonly fingerprint: string;
      readonly ids: Readonly<Record<string, TaskId>>;
    }
  | {
      /** The machine's clock went back by more than a step that can be ignored. */
      readonly type: 'clock_stepped_back';
      readonly milliseconds: number;
    }
  | {
      /** The journal goes on without records that it had. */
      readonly type: 'loss_accepted';
      /** The last record that was kept. */
      readonly kept: { readonly seq: number; readonly hash: string };
      /** The last record that is known to have been there; null: nobody knows. */
      readonly lost_through: number | null;
      /** What was found wrong with the journal. */
      readonly reason: string;
      /** Known to have been queued or changed in what is lost; at most 200. */
      readonly tasks: readonly TaskId[];
      /** Known to have been opened or changed there; at most 200. */
      readonly votes: readonly VoteId[];
      /** The highest ids known to have been given out there, one for each kind and day: they are not given out again. */
      readonly last_ids: readonly string[];
      /** Where the old files are, below the federation's folder. */
      readonly kept_in: string;
    };

export type FederationEvent = TaskEvent | AgentEvent | SchedulingEvent | VoteEvent | OutcomeEvent;
export type EventType = FederationEvent['type'];
export type EventOf<T extends EventType> = Extract<FederationEvent, { type: T }>;

/** The known events, each with what it records. A journal with others was written by a newer version. */
export const eventDescriptions: { readonly [T in EventType]: string } = {
  task_queued: 'A task joined the queue.',
  task_imported: 'A task came from another system, perhaps already finished there.',
  task_claimed: 'An agent took a ready task for a time; the attempt number names this claim.',
  progress_reported: 'The holder noted progress, or asked for more time.',
  task_completed: 'The holder finished the task; lists the tasks that became ready.',
  attempt_failed: 'The holder tried and it did not work; says when it may be tried again.',
  task_failed: 'No attempt is left, or trying again is pointless: failed for good.',
  lease_lapsed: 'The hold was reached, the process is gone, or the time ran out; the task returned.',
  late_completion_kept: 'A completion came from an attempt that had lapsed; only its text is kept.',
  task_released: 'The holder gave the task back, not counted as an attempt.',
  task_reviewed: 'Finished work was accepted or sent back.',
  dependents_moved: 'Tasks that depended on a piece of work now wait for its rework.',
  task_cancelled: 'The task will not be done.',
  task_approved: 'The operator approved a task that needed it.',
  task_reassigned: 'The task was addressed to someone else, or to whoever fits.',
  task_requeued: 'The operator put a finished or held task back in the queue.',
  follow_up_joined: 'A rule fired, and an open task asks for the same already.',
  dependents_continued: 'The operator let dependents of a failed or cancelled task, or of a cancelled vote, go on.',
  start_times_reached: 'The start times of these tasks have passed.',
  tasks_archived: 'Old finished tasks left the state; their ids still resolve.',
  vote_opened: 'A question was put to the vote; who may vote, the quorum and the key that seals its ballots are fixed.',
  ballot_cast: 'An agent voted, or revised its ballot; sealed unless open ballots were asked for.',
  vote_decided:
    'A vote has a result, by its ballots or by the operator; holds the opened ballots where this closed it.',
  vote_escalated: 'A vote closed without a result that stands and waits for the operator; holds the opened ballots.',
  vote_extended: 'A vote got a later deadline; an escalated one is active again and its ballots are sealed anew.',
  vote_cancelled: 'The question is dropped; sealed ballots stay sealed.',
  vote_judged: 'The operator said which option turned out right; holds what is learned from it.',
  vote_overruled: 'The operator put another choice in place of a decided one, which stays on record.',
  votes_archived: 'Old finished votes left the state; their ids still resolve.',
  examples_taught: 'A person gave the router texts and who is right for each.',
  outcome_recorded: 'The operator recorded how work went that the queue did not see; it counts like an attempt.',
  optimization_applied: 'Bonuses of routing were put in force by the evidence; holds the whole table before and after.',
  optimization_reverted: 'The bonuses that were in force before the last optimisation are in force again.',
  availability_set: 'An agent became available, busy, standby or offline.',
  session_started: 'An agent looked at where things stand.',
  federation_paused: 'Nothing is claimed until the federation is resumed.',
  federation_resumed: 'Work goes on.',
  scheduling_switched: 'Automatic scheduling was switched on or off.',
  follow_ups_held: 'What rules would have queued was kept: the federation is paused, or a limit was reached.',
  follow_ups_settled: 'Kept follow-ups were released into the queue, or dropped.',
  escalation_opened: 'Something waits for the operator.',
  escalation_closed: 'An escalation was answered, or what it was about is over.',
  request_remembered: 'A request with an idempotency key was carried out; the same again gives the same ids.',
  loss_accepted: 'The operator let the journal go on without records that were lost; names what is known of them.',
  clock_stepped_back: "The machine's clock went back; open leases and times were moved with it.",
};

const knownEventTypes: ReadonlySet<string> = new Set(Object.keys(eventDescriptions));

export function isKnownEventType(type: string): type is EventType {
  return knownEventTypes.has(type);
}
