/**
 * Every command there is, what each gives, and what a decision is made from.
 * Arguments arrive here already of the right shape (the tools and the command
 * line see to that); whether they make sense is decided in the domain.
 */
import type { AgentRecord, AvailabilityStatus } from './agents/agent.ts';
import type { Attendance } from './agents/attendance.ts';
import type { CheckRun } from './checks/check.ts';
import type { FederationError } from './errors.ts';
import type { FederationEvent } from './events.ts';
import type { Provenance } from './provenance.ts';
import type { ImportedTask, ImportedVote, PlannedTask, TaskChanges, TaskRequest, VoteRequest } from './requests.ts';
import type { Router } from './routing/router.ts';
import type { RunEnded } from './runs/events/run-ended.ts';
import type { Run, RunProcess } from './runs/run.ts';
import type { TaughtExample } from './routing/taught.ts';
import type { BonusChange } from './routing/bonus.ts';
import type { ClockTrouble } from './scheduling/clock-kinds.ts';
import type { InboxAction } from './scheduling/escalation.ts';
import type { ImportChange } from './tasks/import-row.ts';
import type { AgentName, DependencyId, Note, SessionId, Task, TaskId } from './tasks/task.ts';
import type { Timestamp } from './time.ts';
import type { Ballot, VoteId } from './votes/vote.ts';
import type { Vote } from './votes/vote-state.ts';

/** Who acts. `system` is what follows from time passing. */
export interface Actor {
  readonly name: string;
  readonly kind: 'agent' | 'person' | 'system';
  /** `null` on the command line, whose processes end at once, and for a person who was asked. */
  readonly session: SessionId;
  readonly client: string | null;
  /** The run it belongs to: it acts for the run's attempt alone, in the run's session. */
  readonly run?: string;
  /** How its commands come; kept with what they commit. */
  readonly provenance?: Provenance;
}

/** Everything a decision may know besides the state and the command. */
export interface DecisionContext extends Attendance {
  readonly actor: Actor;
  /** Sessions whose process is gone. */
  readonly gone: ReadonlySet<string>;
  /** Fresh random bytes, for keys, nonces and the router's element of chance. */
  readonly random: (bytes: number) => Uint8Array;
  /** Chooses agents for what is queued for `auto`. */
  readonly router: Router;
  /** False while nobody can tell what time it is: nothing ends by time then. Absent: it can be told. */
  readonly isTimeSure?: boolean;
  /** What is wrong with the clocks; null: nothing; absent: not known, or not looked at. */
  readonly clockTrouble?: ClockTrouble | null;
}

/** Command name → arguments and result. The one table tools, command line and tests share. */
export interface CommandTable {
  queue_task: {
    args: TaskRequest & { readonly idempotency_key?: string | undefined };
    result: {
      readonly task_id: TaskId;
      /** `null`: a repeated request, whose task has left the state. */
      readonly task: Task | null;
      readonly duplicate_of: TaskId | null;
    };
  };
  queue_plan: {
    args: { readonly tasks: readonly PlannedTask[]; readonly idempotency_key?: string | undefined };
    result: { readonly ids: Readonly<Record<string, TaskId>>; readonly ready: readonly TaskId[] };
  };
  import_tasks: {
    args: { readonly system: string; readonly tasks: readonly ImportedTask[] };
    result: {
      /** What is new here. */
      readonly ids: Readonly<Record<string, TaskId>>;
      /** Here from an earlier import, and unchanged there. */
      readonly skipped: readonly string[];
      /** Changed there since, and here now too. */
      readonly updated: readonly ImportChange[];
      /** Changed there since, but not here: `why`. */
      readonly kept: readonly (ImportChange & { readonly why: string })[];
      readonly dangling: readonly { readonly source_id: string; readonly depends_on: string }[];
      readonly cycles: readonly (readonly string[])[];
    };
  };
  /** Votes from another system, with their ballots in plain text. */
  import_votes: {
    args: { readonly system: string; readonly votes: readonly ImportedVote[] };
    result: {
      readonly ids: Readonly<Record<string, VoteId>>;
      readonly skipped: readonly string[];
      readonly updated: readonly { readonly source_id: string; readonly vote_id: VoteId }[];
      readonly kept: readonly { readonly source_id: string; readonly vote_id: VoteId; readonly why: string }[];
    };
  };
  claim_task: {
    args: {
      readonly task_id?: TaskId | undefined;
      readonly types?: readonly string[] | undefined;
      readonly lease_minutes?: number | undefined;
    };
    result: { readonly task: Task | null };
  };
  report_progress: {
    args: {
      readonly task_id: TaskId;
      readonly note?: string | undefined;
      /** To the operator; the holder goes on meanwhile. */
      readonly question?: string | undefined;
      readonly progress?: number | undefined;
      readonly extend_minutes?: number | undefined;
    };
    result: {
      readonly task: Task;
      /** For the holder: what others noted since it was last told. */
      readonly notes: readonly Note[];
      readonly is_holder: boolean;
    };
  };
  complete_task: {
    args: {
      readonly task_id: TaskId;
      readonly outcome: 'success' | 'failure';
      readonly summary: string;
      readonly artifacts?: readonly string[] | undefined;
      readonly duration_minutes?: number | undefined;
      /** What the work is in git. */
      readonly commit?: string | undefined;
      readonly attempt?: number | undefined;
      readonly retryable?: boolean | undefined;
    };
    result: {
      readonly task: Task;
      readonly unblocked: readonly TaskId[];
      readonly follow_ups: readonly TaskId[];
      /** Follow-ups of this attempt that wait for the operator: the federation is paused, or a limit was reached. */
      readonly kept: number;
      /** A person's, not read yet: the task stays as it is until the holder, who has them now, completes it again. */
      readonly notes: readonly Note[];
    };
  };
  /** By what ran them: `fed check`, `fed work`. */
  record_checks: {
    args: { readonly task_id: TaskId; readonly attempt: number; readonly runs: readonly CheckRun[] };
    result: { readonly task: Task };
  };
  /** By what made the worktree of an attempt, before its program starts. */
  open_worktree: {
    args: {
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly branch: string;
      readonly base: string;
      readonly commit: string;
      readonly contains: readonly TaskId[];
    };
    result: { readonly task: Task };
  };
  /** What an attempt left is in a commit. */
  save_work: {
    args: {
      readonly task_id: TaskId;
      readonly attempt: number;
      readonly commit: string;
      readonly tree: string;
      readonly left_out: readonly string[];
      /** Why that is not the work: a success it was reported as has failed. */
      readonly problem?: string | undefined;
    };
    result: { readonly task: Task };
  };
  /** By a runner: these ready tasks go on from commits that its repository does not have. */
  miss_commits: {
    args: { readonly task_ids: readonly TaskId[]; readonly machine: string };
    result: { readonly escalated: readonly TaskId[] };
  };
  begin_landing: {
    args: { readonly task_id: TaskId; readonly target: string; readonly old: string; readonly merge: string };
    result: { readonly task: Task };
  };
  finish_landing: {
    args: { readonly task_id: TaskId; readonly target: string; readonly merge: string };
    result: { readonly task: Task };
  };
  /** It cannot land as it is: it goes back to its agent as rework. */
  refuse_landing: {
    args: { readonly task_id: TaskId; readonly reason: string };
    result: { readonly task: Task; readonly rework: Task };
  };
  drop_work: {
    args: { readonly task_id: TaskId; readonly reason?: string | undefined };
    result: { readonly task: Task };
  };
  revert_work: {
    args: {
      readonly task_id: TaskId;
      readonly target: string;
      readonly revert: string;
      /** What is to be done again, where it is. */
      readonly rework?: string | undefined;
    };
    result: { readonly task: Task; readonly rework: Task | null };
  };
  release_task: {
    args: {
      readonly task_id: TaskId;
      readonly reason: string;
      /** To the operator; the task waits for the answer. */
      readonly question?: string | undefined;
      readonly to_agent?: string | undefined;
      readonly wait_for?: readonly DependencyId[] | undefined;
      /** Not by the holder's choice: its client left, or has to wait. It is handed out again as if nobody had had it. */
      readonly unasked?: boolean | undefined;
    };
    result: { readonly task: Task };
  };
  review_task: {
    args: { readonly task_id: TaskId; readonly verdict: 'accept' | 'rework'; readonly note: string };
    result: { readonly task: Task; readonly rework: Task | null; readonly escalated: boolean };
  };
  cancel_task: {
    args: { readonly task_id: TaskId; readonly reason: string };
    result: { readonly task: Task; readonly cancelled: readonly TaskId[] };
  };
  override_task: {
    args: {
      readonly task_id: TaskId;
      readonly action: 'approve' | 'reassign' | 'requeue' | 'cancel' | 'complete' | 'edit';
      readonly to_agent?: string | undefined;
      /** For `edit`. */
      readonly changes?: TaskChanges | undefined;
      readonly reason?: string | undefined;
    };
    result: { readonly task: Task; readonly unblocked: readonly TaskId[] };
  };
  set_availability: {
    args: {
      /** Operators may set another agent's; absent: the caller's own. */
      readonly agent?: AgentName | undefined;
      readonly status: AvailabilityStatus;
      readonly reason?: string | undefined;
      readonly until?: Timestamp | undefined;
      /** The runner found it so; it may end it again when that has changed. */
      readonly by_runner?: boolean | undefined;
    };
    result: { readonly agent: AgentRecord };
  };
  start_session: {
    /** `seen`: the newest record the answer will tell about. */
    args: { readonly seen: number };
    /** What the agent had been told before. */
    result: { readonly seen_before: number };
  };
  /** Gives back everything the session holds: its client ended in good order. */
  end_session: {
    args: { readonly session: string };
    result: { readonly released: readonly TaskId[] };
  };
  /**
   * The runner: claims the best ready task that may run by itself, and plans a run for it; or plans one for a ballot, or
   * one that goes on in the conversation of another.
   */
  begin_run: {
    args: {
      readonly program: string;
      readonly settle: Run['settle'];
      readonly secret_hash: string;
      readonly machine: string;
      readonly runner: RunProcess;
      readonly vote_id?: VoteId | undefined;
      readonly continues?: string | undefined;
      /** Ready tasks that go on from commits which this runner's repository does not have. */
      readonly without?: readonly TaskId[] | undefined;
    };
    result: {
      /** `null`: nothing to start now. */
      readonly run: Run | null;
      readonly task: Task | null;
      readonly why: string | null;
      /** When it is worth trying again, where that is known. */
      readonly until: Timestamp | null;
    };
  };
  start_run: { args: { readonly run_id: string; readonly process: RunProcess }; result: { readonly run: Run } };
  end_run: { args: Omit<RunEnded, 'type'>; result: { readonly run: Run } };
  /** `voted`: the ballot that a run was for was cast. */
  settle_run: {
    args: { readonly run_id: string; readonly voted?: boolean | undefined };
    result: { readonly run: Run };
  };
  stop_run: {
    args: { readonly run_id: string; readonly reason?: string | undefined };
    result: { readonly run: Run };
  };
  pause_federation: {
    args: { readonly reason?: string | undefined; readonly hard?: boolean | undefined };
    result: { readonly already: boolean };
  };
  resume_federation: {
    args: { readonly release?: 'all' | 'none' | 'ask' | undefined };
    result: {
      readonly already: boolean;
      /** What kept follow-ups became. */
      readonly released: readonly TaskId[];
      readonly dropped: number;
      /** Still kept; an inbox item asks about them. */
      readonly kept: number;
    };
  };
  switch_scheduling: {
    args: { readonly on: boolean };
    result: { readonly already: boolean };
  };
  open_vote: { args: VoteRequest; result: { readonly vote: Vote } };
  cast_vote: {
    args: {
      readonly vote_id: VoteId;
      /** An option, or `abstain`. */
      readonly choice: string;
      readonly also?: readonly string[] | undefined;
      /** 0 to 1. */
      readonly confidence: number;
      readonly reasoning: string;
      readonly block?: boolean | undefined;
    };
    result: { readonly vote: Vote; readonly ballot: Ballot; readonly revision: number };
  };
  /** On a decided vote: overrules it. */
  decide_vote: {
    args: { readonly vote_id: VoteId; readonly choice: string; readonly reason: string };
    result: { readonly vote: Vote };
  };
  judge_vote: {
    args: {
      readonly vote_id: VoteId;
      /** With a check: what is right if it passes; default what was decided. */
      readonly right_choice?: string | undefined;
      readonly check?: string | undefined;
      /** What is right if it fails; default none of the options. */
      readonly if_failed?: string | undefined;
    };
    result: { readonly vote: Vote; readonly judged_votes: number };
  };
  extend_vote: {
    args: { readonly vote_id: VoteId; readonly minutes: number };
    result: { readonly vote: Vote };
  };
  close_vote: { args: { readonly vote_id: VoteId }; result: { readonly vote: Vote } };
  cancel_vote: {
    args: { readonly vote_id: VoteId; readonly reason: string };
    result: { readonly vote: Vote; readonly blocked: readonly TaskId[] };
  };
  teach_routing: {
    args: {
      /** The file's name. */
      readonly source: string;
      readonly fingerprint: string;
      readonly examples: readonly TaughtExample[];
    };
    result: { readonly taught: number; readonly already: boolean };
  };
  record_outcome: {
    args: {
      readonly agent: AgentName;
      readonly type: string;
      readonly success: boolean;
      readonly description?: string | undefined;
      readonly duration_minutes?: number | undefined;
      /** It was sent back: no success. */
      readonly rework?: boolean | undefined;
      /** Where an import found it. */
      readonly source?: { readonly system: string; readonly id: string } | undefined;
    };
    /** `already`: an earlier import has recorded it. */
    result: { readonly agent: AgentName; readonly type: string; readonly already: boolean };
  };
  /** Neither `apply` nor `revert`: a dry run. */
  optimize_routing: {
    args: { readonly apply?: boolean | undefined; readonly revert?: boolean | undefined };
    result: {
      readonly done: 'nothing' | 'applied' | 'reverted';
      readonly optimization_id: string | null;
      readonly changes: readonly BonusChange[];
      /** Pairs with enough outcomes whose bonus stays as it is. */
      readonly unchanged: readonly BonusChange[];
    };
  };
  /** Does what an escalation offers, and closes it. */
  answer_inbox: {
    args: {
      readonly inbox_id: string;
      readonly action: InboxAction;
      readonly to_agent?: string | undefined;
      readonly choice?: string | undefined;
      readonly note?: string | undefined;
      /** For `edit`. */
      readonly changes?: TaskChanges | undefined;
    };
    result: {
      /** What it was about, where that is still in state. */
      readonly task: Task | null;
      readonly vote: Vote | null;
      /** Kept follow-ups that are queued now. */
      readonly released: readonly TaskId[];
    };
  };
  /** Takes back the caller's own last change; `id`: to this task or inbox item. */
  undo_change: {
    args: { readonly id?: string | undefined };
    result: {
      readonly undone: readonly { readonly at: Timestamp; readonly what: string }[];
      /** As they are now. */
      readonly tasks: readonly Task[];
      /** Tasks that went along and were touched since: they stay as they are. */
      readonly left: readonly TaskId[];
    };
  };
  /** Whatever follows from time passing, up to the context's `now`. */
  tick: { args: Record<never, never>; result: { readonly events: number } };
}

export type CommandName = keyof CommandTable;
export type ArgsOf<C extends CommandName> = CommandTable[C]['args'];
export type ResultOf<C extends CommandName> = CommandTable[C]['result'];

/**
 * A refusal may still carry events: a late completion's text is kept, a
 * reached limit escalates. They are committed, and the caller is refused.
 */
export type Decision<R> =
  | { readonly events: readonly FederationEvent[]; readonly result: () => R }
  | { readonly events: readonly FederationEvent[]; readonly refused: FederationError };
