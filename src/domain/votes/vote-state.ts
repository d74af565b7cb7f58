/** A vote as the state keeps it, and what its events carry of it. */
import type { AgentName, TaskId } from '../tasks/task.ts';
import type { Timestamp } from '../time.ts';
import type { SealedBallot } from './sealing.ts';
import type { TallyResult } from './tally.ts';
import type { Ballot, EscalationReason, Poll, VoteId, VoteStatus } from './vote.ts';
import type { JudgedVote } from './voting-record.ts';

/** Sealed until the vote closes, unless open ballots were asked for. */
export type BallotForm = { readonly sealed: SealedBallot } | { readonly open: Ballot };

/** One agent's ballots in a vote, oldest first. The last one counts, the others are kept. */
export interface AgentBallots<Form = BallotForm> {
  readonly agent: AgentName;
  readonly revisions: readonly { readonly at: Timestamp; readonly ballot: Form }[];
}

/**
 * everyone-voted  every eligible agent that was seen and is not on standby or offline, quorum met
 * settled-early   low stakes, and the rest could no longer change the outcome
 * deadline        the time was up
 * operator        the operator closed or decided it
 */
export type ClosingCause = 'everyone-voted' | 'settled-early' | 'deadline' | 'operator';

/** How a vote closed: what was counted. */
export interface Closing {
  readonly because: ClosingCause;
  /** Eligible agents that had not voted and were on standby, offline, or not seen. */
  readonly unreachable: readonly AgentName[];
  /** Agents whose ballot did not fit this vote's key, so that it was not counted. */
  readonly unreadable: readonly AgentName[];
  readonly tally: TallyResult;
}

/** A closing with every ballot and revision in plain text. */
export interface ClosingRecord extends Closing {
  readonly ballots: readonly AgentBallots<Ballot>[];
}

/** What a vote begins with; the rest follows from its history. */
export interface NewVote extends Poll {
  readonly vote_id: VoteId;
  readonly question: string;
  readonly context_url: string | null;
  readonly opened_by: string;
  readonly deadline: Timestamp;
  /** Base64 of 32 bytes; `null`: ballots are open. */
  readonly seal_key: string | null;
}

/** A person's decision, and the client program it came through. */
export interface OperatorDecision {
  readonly by: string;
  readonly at: Timestamp;
  readonly reason: string | null;
  readonly via: string | null;
}

/** A check whose verdict on work that depends on the vote says what was right. */
export interface JudgingCheck {
  readonly check: string;
  /** An option, or none: right if it passes, and if the work fails for good by it. */
  readonly right_choice: string;
  readonly if_failed: string;
  /** Who said so. */
  readonly by: string;
}

export interface Vote extends NewVote {
  readonly status: VoteStatus;
  readonly opened_at: Timestamp;
  /** From when the deadline was counted: a pause before that does not move it. */
  readonly counted_from: Timestamp;
  /**
   * It was extended, and no ballot has been cast since: only its deadline or
   * the operator closes it. Absent in checkpoints of earlier versions.
   */
  readonly held_open?: boolean;
  /** In the order of `eligible`; those of agents that have not voted are absent. */
  readonly ballots: readonly AgentBallots[];
  readonly closing: (Closing & { readonly at: Timestamp }) | null;
  /** What was decided, by the newest decision. */
  readonly choice: string | null;
  readonly decided: (OperatorDecision & { readonly decided_by: 'agents' | 'operator' }) | null;
  readonly escalated: {
    readonly reason: EscalationReason;
    readonly to: string;
    readonly at: Timestamp;
  } | null;
  /** Decisions that the operator overruled, oldest first; `choice` is what had been decided. */
  readonly overruled: readonly (OperatorDecision & { readonly choice: string })[];
  readonly cancelled: OperatorDecision | null;
  /** It was cancelled, and what depends on it may go on all the same. */
  readonly continued: boolean;
  readonly judged: {
    readonly right_choice: string;
    readonly by: string;
    readonly at: Timestamp;
    /** What it added to the voting record, so that judging again can take it back. */
    readonly lesson: JudgedVote;
    /** Judged by this check, on this work. */
    readonly check?: string;
    readonly task_id?: TaskId;
  } | null;
  /** The check that is to judge it; `null` or absent: none. */
  readonly judging_check?: JudgingCheck | null;
  readonly finished_at: Timestamp | null;
}

/** What remains in state of a vote that left it: enough to resolve its id. */
export interface ArchivedVote {
  readonly vote_id: VoteId;
  readonly status: 'decided' | 'cancelled';
  readonly choice: string | null;
  readonly continued: boolean;
}
