/**
 * Votes as agents and people read them. While a vote is active and sealed
 * nothing here reads a ballot: who has voted shows, nothing else.
 */
import type { FederationState } from '../domain/federation-state.ts';
import { missingVoters } from '../domain/votes/standing.ts';
import type { TallyResult } from '../domain/votes/tally.ts';
import { type Ballot, fromThousandths } from '../domain/votes/vote.ts';
import type { Vote } from '../domain/votes/vote-state.ts';
import { firstWords, present } from './task-views.ts';

const briefLength = 80;

export type VoteBrief = ReturnType<typeof briefVote>;

export function briefVote(vote: Vote) {
  const isOver = vote.status === 'decided' || vote.status === 'cancelled';
  return {
    vote_id: vote.vote_id,
    status: vote.status,
    question: firstWords(vote.question, briefLength),
    ...present({
      stakes: vote.stakes === 'normal' ? null : vote.stakes,
      choice: vote.choice,
      reason: vote.status === 'escalated' ? vote.escalated?.reason : null,
      voted: `${votedIn(vote).length}/${vote.eligible.length}`,
      deadline: isOver ? null : vote.deadline,
      judged: vote.judged?.right_choice,
    }),
  };
}

export function votedIn(vote: Vote): string[] {
  return vote.ballots.map(({ agent }) => agent);
}

export function isReadable(vote: Vote): boolean {
  return vote.seal_key === null || vote.closing !== null;
}

/** Everything but the seal; ballots once the vote has closed. */
export type VoteInFull = ReturnType<typeof fullVote>;

export function fullVote(vote: Vote) {
  const { cancelled, judged } = vote;
  return {
    vote_id: vote.vote_id,
    status: vote.status,
    question: vote.question,
    options: vote.options,
    ...present({ context_url: vote.context_url, topic: vote.topic }),
    opened_by: vote.opened_by,
    opened_at: vote.opened_at,
    deadline: vote.deadline,
    method: vote.method,
    stakes: vote.stakes,
    quorum: vote.quorum,
    eligible: vote.eligible.map(({ agent }) => agent),
    voted: votedIn(vote),
    sealed: !isReadable(vote),
    ...present({
      result: resultOf(vote),
      ballots: isReadable(vote) ? vote.ballots.flatMap(ballotView) : null,
      escalated_to: vote.status === 'escalated' ? vote.escalated?.to : null,
      cancelled: cancelled === null ? null : { by: cancelled.by, at: cancelled.at, reason: cancelled.reason },
      judged: judged === null ? null : judgementView(judged),
      judging_check: vote.judging_check,
    }),
  };
}

function judgementView({ right_choice, by, at, check, task_id }: NonNullable<Vote['judged']>) {
  return present({ right_choice, by, at, check, task_id });
}

/** The result and how it was counted, `null` while it is active. */
export function resultOf(vote: Vote) {
  const { closing, decided, escalated } = vote;
  if (closing === null && decided === null) return null;
  return present({
    choice: vote.choice,
    decided_by: decided === null ? null : decided.decided_by === 'agents' ? 'agents' : decided.by,
    reason: decided?.reason,
    via: decided?.via,
    escalated_because: escalated?.reason,
    closed_because: closing?.because,
    unreachable: closing?.unreachable,
    unreadable: closing?.unreadable,
    overruled: vote.overruled.map(({ choice, by, at, reason }) => ({
      choice,
      // A person gives a reason; without one it is what the ballots decided.
      decided_by: reason === null ? 'agents' : by,
      at,
    })),
    tally: closing === null ? null : tallyView(closing.tally),
  });
}

/** Both counts and the shares in force, to three decimals. */
function tallyView(tally: TallyResult) {
  const calibrated = new Map(tally.calibrated.options.map((count) => [count.option, count]));
  const shares = new Map(tally.in_force.map(({ option, share }) => [option, share]));
  return {
    ...present({
      counted: tally.counted,
      abstained: tally.abstained || null,
      leader: tally.leader,
      mean_confidence: rounded(tally.mean_confidence),
      probability: rounded(tally.probability),
      probability_needed: tally.probability_needed,
      cycle: tally.cycle,
    }),
    calibrated_part: rounded(tally.lambda),
    explanation: explainCount(tally),
    options: tally.plain.options.map(({ option, weight, share }) => ({
      option,
      plain: { weight: rounded(weight), share: rounded(share) },
      calibrated: {
        weight: rounded(calibrated.get(option)?.weight ?? 0),
        share: rounded(calibrated.get(option)?.share ?? 0),
      },
      in_force: rounded(shares.get(option) ?? 0),
    })),
  };
}

/** How ballots came to weigh what they do, in one sentence. */
function explainCount({ method, lambda, probability_needed }: TallyResult): string {
  if (method === 'majority') {
    return probability_needed === null
      ? 'Each ballot counts once.'
      : `Each ballot counts once; the judged votes must also give the leader a probability of at least ${probability_needed}.`;
  }
  if (lambda === 0) return 'Ballots are weighted by stated confidence: too few votes have been judged.';
  const byRecord = 'how often each agent was right at that confidence';
  if (lambda === 1) return `Ballots are weighted by ${byRecord}.`;
  const part = Math.round(100 * lambda);
  return `Ballots are weighted ${part}% by ${byRecord} and ${100 - part}% by stated confidence, until 25 votes are judged.`;
}

function ballotView({ agent, revisions }: Vote['ballots'][number]) {
  const plain = revisions.flatMap(({ at, ballot }) => ('open' in ballot ? [{ at, ballot: ballot.open }] : []));
  const last = plain.at(-1);
  if (last === undefined) return [];
  const earlier = plain.slice(0, -1).map(({ at, ballot }) => ({ ...ownBallot(ballot), at }));
  return [{ agent, ...ownBallot(last.ballot), at: last.at, ...present({ earlier }) }];
}

export function ownBallot({ choice, also, confidence, reasoning, block }: Ballot) {
  return { choice, ...present({ also, block: block || null }), confidence: fromThousandths(confidence), reasoning };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

/** Characters of a due ballot's options; what does not fit is in get_vote. */
const dueOptions = 160;

export interface DueBallot {
  readonly vote_id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly more_options?: number;
  readonly deadline: string;
}

/** What an agent still has to vote on, the nearest deadline first. */
export function ballotsDue(state: FederationState, agent: string, most: number): DueBallot[] {
  const due: DueBallot[] = [];
  for (const id of state.voteIndex.deadlines.values()) {
    const vote = state.votes.get(id);
    if (vote === undefined || !missingVoters(vote).includes(agent)) continue;
    const options: string[] = [];
    for (let room = dueOptions; options.length < vote.options.length;) {
      const option = vote.options[options.length] ?? '';
      room -= option.length;
      if (room < 0) break;
      options.push(option);
    }
    due.push({
      vote_id: id,
      question: firstWords(vote.question, briefLength),
      options,
      ...(options.length < vote.options.length ? { more_options: vote.options.length - options.length } : {}),
      deadline: vote.deadline,
    });
    if (due.length === most) break;
  }
  return due;
}
