/**
 * The words of the task queue, as types.
 *
 * task       one unit of work in the queue
 * satisfied  said of a dependency: a completed task; a failed or cancelled one
 *            with `on_failure: continue`; a decided vote
 * settled    finished in whatever way; what `wait_for` waits for
 * ready      pending, nothing waited for, approved, its start time passed
 * attempt    counts claims; only the holder of the current one may finish
 *            the task, which is what fences off a process that woke up late
 * lease      a claim's hold on a task, by an agent and one of its processes
 */
import type { CheckResult, Reported } from '../checks/check.ts';
import type { JsonValue } from '../json.ts';
import type { Work } from '../landing/work.ts';
import type { AgentName, DependencyId, SessionId, TaskId } from '../names.ts';
import type { Routing } from '../routing/decision.ts';
import type { Timestamp } from '../time.ts';

export type { AgentName, DependencyId, SessionId, TaskId };

export const priorities = ['low', 'normal', 'high', 'critical'] as const;
export type Priority = (typeof priorities)[number];

export const taskStatuses = ['pending', 'in-progress', 'completed', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const failurePolicies = ['block', 'cancel', 'continue'] as const;
/** What happens to dependents when this task fails for good or is cancelled. */
export type FailurePolicy = (typeof failurePolicies)[number];

/** Free JSON beside the known keys, 64 KiB in all. */
export interface TaskContext {
  readonly artifact_path?: string | undefined;
  readonly constraints?: string | readonly string[] | undefined;
  readonly [key: string]: JsonValue | undefined;
}

export interface Lease {
  readonly agent: AgentName;
  readonly session: SessionId;
  /** Where no process shows signs of life (the command line), the lease ends here. */
  readonly expires_at: Timestamp;
  /** Even a living process must finish, or extend, by here. */
  readonly hold_until: Timestamp;
  readonly claimed_at: Timestamp;
}

export interface Claim {
  readonly attempt: number;
  readonly agent: AgentName;
  readonly session: SessionId;
}

/** Why a task exists, and how long the chain of causes behind it is. */
export interface Cause {
  readonly kind: 'person' | 'agent' | 'rule' | 'import' | 'review';
  /** The person, agent or rule. */
  readonly by: string;
  /** The task whose work led here. */
  readonly task_id: TaskId | null;
  /** 0 where nothing led here but a person, an import or an agent of its own accord. */
  readonly depth: number;
}

/**
 * Where the chain of a task's causes begins: on this machine, or with an import or a remote agent, and no person has
 * approved it since. What runs by itself is local work only.
 */
export type Origin = 'local' | 'import' | 'http';

export interface Outcome {
  readonly outcome: 'success' | 'failure';
  readonly attempt: number;
  readonly by: AgentName;
  readonly at: Timestamp;
  readonly summary: string;
  readonly artifacts: readonly string[];
  readonly duration_minutes: number | null;
  /** What the work is in git, as far as it says so. */
  readonly commit: string | null;
  /** Tasks that this finish made ready. */
  readonly unblocked: readonly TaskId[];
  readonly follow_ups: readonly TaskId[];
}

/** One line of a task's own history; the newest 20 are kept in state. */
export interface HistoryEntry {
  readonly at: Timestamp;
  readonly by: string;
  readonly what: string;
  readonly text?: string;
}

/** An agent released it by its own choice, not to wait for something. */
export interface GivenBack {
  readonly agent: AgentName;
  readonly at: Timestamp;
  readonly reason: string;
}

/** A word to whoever holds the task, or takes it next. */
export interface Note {
  readonly at: Timestamp;
  readonly by: string;
  readonly text: string;
  /** It came over HTTP, or with an import. */
  readonly remote?: true;
  /** From a person: work is not completed before it was read. */
  readonly by_person?: true;
  /** It answers this question of a holder's. */
  readonly answers?: { readonly inbox_id: string; readonly question: string };
}

export interface Review {
  readonly by: AgentName;
  readonly verdict: 'accept' | 'rework';
  readonly note: string;
  readonly at: Timestamp;
}

export interface Task {
  readonly task_id: TaskId;
  readonly status: TaskStatus;
  readonly created_at: Timestamp;
  readonly from_agent: string;
  /** `null`: whoever fits. */
  readonly to_agent: AgentName | null;
  readonly type: string | null;
  readonly description: string;
  readonly priority: Priority;
  readonly dependencies: readonly DependencyId[];
  readonly wait_for: readonly DependencyId[];
  /** The dependencies not yet satisfied and the waits not yet settled. */
  readonly waiting_for: readonly DependencyId[];
  readonly context: TaskContext;
  /** Globs of what it will change. */
  readonly paths: readonly string[];
  /** Things that only one may use at a time. */
  readonly uses: readonly string[];
  /** Checks it must pass beside those its type requires. */
  readonly checks: readonly string[];
  readonly not_before: Timestamp | null;
  readonly deadline: Timestamp | null;
  /** Claims so far; names the current one while in progress. */
  readonly attempt: number;
  /** Attempts that failed or lapsed, which `max_attempts` bounds. */
  readonly failed_attempts: number;
  readonly max_attempts: number;
  readonly on_failure: FailurePolicy;
  readonly needs_approval: boolean;
  readonly approved_by: string | null;
  /** Set while its start time (`not_before` or a retry's) lies ahead. */
  readonly starts_at: Timestamp | null;
  /** Since when it could be claimed, `null` while it cannot. */
  readonly ready_since: Timestamp | null;
  readonly lease: Lease | null;
  /** Who made which attempt, the newest 10: what "the attempt this process claimed" means. */
  readonly claims: readonly Claim[];
  readonly progress: number | null;
  /** By whom and why, since it was last addressed or requeued; the newest 20. */
  readonly given_back: readonly GivenBack[];
  /** The newest 50. */
  readonly notes: readonly Note[];
  /** How many of the last of them its holder has not been given. */
  readonly unread_notes: number;
  readonly routing: Routing | null;
  readonly caused_by: Cause;
  readonly origin: Origin;
  readonly rework_of: TaskId | null;
  readonly rework_round: number;
  /** The work that a review task is about. */
  readonly subject: TaskId | null;
  readonly idempotency_key: string | null;
  readonly result: Outcome | null;
  /** A success that counts once its checks passed. */
  readonly reported: Reported | null;
  /** The newest 12. */
  readonly check_results: readonly CheckResult[];
  /** At least one check was required, and all passed on this commit. */
  readonly verified: boolean;
  /** What its attempts left in git. */
  readonly work: Work | null;
  readonly reviews: readonly Review[];
  readonly history: readonly HistoryEntry[];
  readonly updated_at: Timestamp;
  readonly finished_at: Timestamp | null;
}

/** What remains in state of a task that left it: enough to resolve its id. */
export interface ArchivedTask {
  readonly task_id: TaskId;
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly on_failure: FailurePolicy;
}
