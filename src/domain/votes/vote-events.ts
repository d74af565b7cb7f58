/** The events of voting. Ballots are opened by the event that closes a vote, not before. */
import type { AgentName, TaskId } from '../tasks/task.ts';
import type { Timestamp } from '../time.ts';
import type { SealedBallot } from './sealing.ts';
import type { Ballot, EscalationReason, VoteId } from './vote.ts';
import type { AgentBallots, BallotForm, Closing, NewVote } from './vote-state.ts';
import type { JudgedVote } from './voting-record.ts';

/** A closing with every ballot and revision in plain text. */
export interface ClosingRecord extends Closing {
  readonly ballots: readonly AgentBallots<Ballot>[];
}

export type VoteEvent =
  | { readonly type: 'vote_opened'; readonly vote: NewVote }
  | {
      /** A second one of an agent replaces the first, which is kept. */
      readonly type: 'ballot_cast';
      readonly vote_id: VoteId;
      readonly agent: AgentName;
      readonly ballot: BallotForm;
    }
  | {
      readonly type: 'vote_decided';
      readonly vote_id: VoteId;
      readonly choice: string;
      readonly decided_by: 'agents' | 'operator';
      readonly reason: string | null;
      /** The client program that an operator's decision came through. */
      readonly via: string | null;
      /** `null` where it had closed before: it was escalated. */
      readonly closing: ClosingRecord | null;
    }
  | {
      readonly type: 'vote_escalated';
      readonly vote_id: VoteId;
      readonly reason: EscalationReason;
      /** The operator, by name. */
      readonly to: string;
      readonly closing: ClosingRecord;
    }
  | {
      readonly type: 'vote_extended';
      readonly vote_id: VoteId;
      readonly deadline: Timestamp;
      /** Set where it had been escalated: it is active again, and its ballots are sealed anew. */
      readonly reopened: { readonly ballots: readonly AgentBallots<SealedBallot>[] } | null;
    }
  | { readonly type: 'vote_cancelled'; readonly vote_id: VoteId; readonly reason: string; readonly via: string | null }
  | {
      readonly type: 'vote_judged';
      readonly vote_id: VoteId;
      readonly right_choice: string;
      /** Integers that are added to the voting record; those of an earlier judgement are taken back. */
      readonly lesson: JudgedVote;
    }
  | {
      readonly type: 'vote_overruled';
      readonly vote_id: VoteId;
      readonly choice: string;
      readonly before: string;
      readonly reason: string;
      readonly via: string | null;
      /** Unfinished tasks that depend on it; each gets a note, none restarts. */
      readonly told: readonly TaskId[];
    }
  | { readonly type: 'votes_archived'; readonly vote_ids: readonly VoteId[] };
