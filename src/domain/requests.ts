/** What callers ask for, as they give it: whether it makes sense is decided with the command that carries it. */
import type { AgentName, DependencyId, FailurePolicy, Note, Priority, Task, TaskContext } from './tasks/task.ts';
import type { Timestamp } from './time.ts';
import type { AgentBallots, ClosingCause, Vote } from './votes/vote-state.ts';
import type { Ballot, Stakes, VotingMethod } from './votes/vote.ts';

/** The arguments of one task to queue, as a caller gives them. */
export interface TaskRequest {
  readonly description: string;
  /** An agent, `auto` (chosen now), or absent (whoever fits). */
  readonly to_agent?: string | undefined;
  readonly type?: string | undefined;
  readonly priority?: Priority | undefined;
  readonly dependencies?: readonly DependencyId[] | undefined;
  readonly context?: TaskContext | undefined;
  readonly not_before?: Timestamp | undefined;
  readonly deadline?: Timestamp | undefined;
  readonly max_attempts?: number | undefined;
  readonly on_failure?: FailurePolicy | undefined;
  readonly needs_approval?: boolean | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly uses?: readonly string[] | undefined;
  /** Names of configured checks. */
  readonly checks?: readonly string[] | undefined;
}

/** What may be changed of a task that nobody has claimed; what is left out stays as it is, and `none` removes a time. */
export interface TaskChanges extends Pick<
  TaskRequest,
  'type' | 'priority' | 'dependencies' | 'context' | 'not_before' | 'deadline' | 'paths' | 'uses' | 'checks'
> {
  readonly description?: string | undefined;
}

/** The arguments of a vote to open, as a caller gives them. */
export interface VoteRequest {
  readonly question: string;
  readonly options: readonly string[];
  readonly context_url?: string | undefined;
  readonly topic?: string | undefined;
  /** Agents; absent: those available or busy, and the opener. */
  readonly eligible?: readonly AgentName[] | undefined;
  readonly quorum?: number | undefined;
  readonly method?: VotingMethod | undefined;
  readonly stakes?: Stakes | undefined;
  readonly deadline?: Timestamp | undefined;
  readonly open_ballots?: boolean | undefined;
}

export interface PlannedTask extends TaskRequest {
  readonly key: string;
  readonly after?: readonly string[] | undefined;
}

/** How a task ended in the system it comes from. */
export interface ImportedEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly at: Timestamp;
  readonly summary: string;
  readonly artifacts?: readonly string[];
}

/** A comment from elsewhere, at most as long as a note. */
export interface ImportedNote {
  /** Null where the source does not say. */
  readonly at: Timestamp | null;
  readonly by: string;
  readonly text: string;
  /** Of a federation's own export. */
  readonly by_person?: true;
  readonly answers?: NonNullable<Note['answers']>;
}

/** What only a federation's own export knows of a task. Ids in it are those of the source. */
export type ExportedFields = Pick<
  Task,
  | 'from_agent'
  | 'attempt'
  | 'failed_attempts'
  | 'max_attempts'
  | 'on_failure'
  | 'paths'
  | 'uses'
  | 'checks'
  | 'rework_of'
  | 'rework_round'
  | 'subject'
  | 'verified'
  | 'reviews'
  | 'history'
  | 'updated_at'
  | 'result'
>;

export interface ImportedTask {
  readonly source_id: string;
  readonly description: string;
  readonly to_agent: AgentName | null;
  readonly type: string | null;
  readonly priority: Priority;
  /** Ids in the source system. */
  readonly depends_on: readonly string[];
  readonly context: TaskContext;
  readonly created_at: Timestamp;
  readonly not_before?: Timestamp | null;
  readonly deadline?: Timestamp | null;
  /** It waits there for something that only a person can see: it waits for approval here. */
  readonly on_hold?: boolean;
  /** Oldest first. */
  readonly notes?: readonly ImportedNote[];
  readonly finished: ImportedEnd | null;
  readonly exported?: ExportedFields;
  /** Its id there is one of ours: it keeps it where it is free. */
  readonly keeps_id?: true;
}

/** A vote from elsewhere. Its ballots are counted again when it comes. */
export interface ImportedVote extends Pick<
  Vote,
  | 'question'
  | 'options'
  | 'context_url'
  | 'topic'
  | 'opened_by'
  | 'opened_at'
  | 'quorum'
  | 'method'
  | 'stakes'
  | 'deadline'
  | 'status'
  | 'choice'
  | 'decided'
  | 'escalated'
  | 'overruled'
  | 'cancelled'
  | 'continued'
  | 'finished_at'
> {
  readonly source_id: string;
  readonly eligible: readonly AgentName[];
  readonly ballots: readonly AgentBallots<Ballot>[];
  /** Null while it is open. */
  readonly closed: {
    readonly because: ClosingCause;
    readonly at: Timestamp;
    readonly unreachable: readonly AgentName[];
  } | null;
  /** It keeps its id where that is free. */
  readonly exported: boolean;
}
