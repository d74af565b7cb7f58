/**
 * The words of voting, as types.
 *
 * ballot      one agent's choice in a vote, with confidence and reasoning
 * abstention  a ballot whose choice is `abstain`: its agent has voted, but it
 *             does not count towards the quorum and carries no weight
 * block       a ballot that sends the vote to the operator whatever the others say
 * escalated   waits for the operator; never a quiet "accept"
 * judged      the operator said afterwards which option was right
 */
import { CallerError } from '../errors.ts';
import type { AgentName } from '../tasks/task.ts';

/** `vote-2026-02-06-001`: UTC date and a counter of that day. */
export type VoteId = string;

export const votingMethods = ['weighted', 'majority', 'approval', 'ranked'] as const;
/**
 * weighted  a ballot weighs its confidence (default)
 * majority  one ballot, one vote
 * approval  a ballot weighs its confidence for every option it approves
 * ranked    a ballot weighs its confidence in each pairing of options it decides
 */
export type VotingMethod = (typeof votingMethods)[number];

export const stakesLevels = ['low', 'normal', 'high'] as const;
/** `low` may close early; `high` is always confirmed by the operator. */
export type Stakes = (typeof stakesLevels)[number];

export const voteStatuses = ['active', 'decided', 'escalated', 'cancelled'] as const;
export type VoteStatus = (typeof voteStatuses)[number];

/** In the order in which they are looked for: the first that applies is given. */
export const escalationReasons = [
  'blocked',
  'no-quorum',
  'tie',
  'no-majority',
  'low-confidence',
  'high-stakes',
] as const;
export type EscalationReason = (typeof escalationReasons)[number];

/** The choice of a ballot that takes no side. No option may have this name. */
export const abstain = 'abstain';

/** A confidence of 0 to 1 as an integer of 0 to 1000, so that sums and thresholds are exact. */
export type Thousandths = number;

export interface Ballot {
  /** An option, or `abstain`. */
  readonly choice: string;
  /** approval: the others approved. ranked: next best first. Other methods do not read it. */
  readonly also: readonly string[];
  readonly confidence: Thousandths;
  readonly reasoning: string;
  readonly block: boolean;
}

/** What counting needs of a ballot, and whose it is. */
export interface CastBallot extends Omit<Ballot, 'reasoning'> {
  readonly agent: AgentName;
}

/** An agent that may vote. The family is what it was when the vote opened. */
export interface Voter {
  readonly agent: AgentName;
  readonly family: string | null;
}

/** What counting needs of a vote. */
export interface Poll {
  /** 2 to 20, no two alike, none called `abstain`. */
  readonly options: readonly string[];
  readonly method: VotingMethod;
  /** Ballots needed that do not abstain. */
  readonly quorum: number;
  readonly stakes: Stakes;
  /** Calibration is kept per topic; `null`: the agent's overall record is used. */
  readonly topic: string | null;
  /** In the agents' order, which fixes the order of every sum. */
  readonly eligible: readonly Voter[];
}

/**
 * 0.7 → 700, to the nearest thousandth.
 *
 * @throws CallerError `invalid` for anything that is not a number from 0 to 1
 */
export function toThousandths(confidence: number): Thousandths {
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new CallerError(
      'invalid',
      `Expected confidence to be a number from 0 to 1, got ${confidence}`,
      'Give the probability that your choice is right, such as 0.8.',
    );
  }
  return Math.round(confidence * 1000);
}

/** 700 → 0.7, for showing. */
export function fromThousandths(confidence: Thousandths): number {
  return confidence / 1000;
}
