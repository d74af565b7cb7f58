/** Pages of votes, newest first, and an overview. */
import { CallerError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { taskOrder } from '../domain/tasks/task-id.ts';
import type { VoteStatus } from '../domain/votes/vote.ts';
import { briefVote, fullVote, type VoteBrief, type VoteInFull } from './vote-views.ts';

export interface VoteFilter {
  readonly status?: VoteStatus | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly detail?: 'brief' | 'full' | undefined;
}

export interface VotePage {
  readonly items: readonly (VoteBrief | VoteInFull)[];
  readonly total: number;
  readonly next_cursor?: string;
}

const usualPage = 20;

export function listVotes(state: FederationState, filter: VoteFilter): VotePage {
  const matching = [...state.votes.values()]
    .reverse()
    .filter(({ status }) => filter.status === undefined || status === filter.status);
  const after = filter.cursor === undefined ? null : taskOrder(readCursor(filter.cursor));
  const rest = after === null ? matching : matching.filter((vote) => taskOrder(vote.vote_id) < after);
  const page = rest.slice(0, filter.limit ?? usualPage);
  const last = page.at(-1);
  return {
    items: filter.detail === 'full' ? page.map(fullVote) : page.map(briefVote),
    total: matching.length,
    ...(page.length < rest.length && last !== undefined ? { next_cursor: writeCursor(last.vote_id) } : {}),
  };
}

/** Votes of each kind in the overview; list_votes pages through the rest. */
const overviewLength = 50;

/** All votes at a glance. */
export function votesView(state: FederationState) {
  const { deadlines, escalated } = state.voteIndex;
  const briefs = (ids: Iterable<string>) =>
    [...ids]
      .slice(0, overviewLength)
      .flatMap((id) => state.votes.get(id) ?? [])
      .map(briefVote);
  return {
    active: briefs(deadlines.values()),
    active_total: deadlines.size,
    escalated: briefs(escalated),
    escalated_total: escalated.size,
    decided: listVotes(state, { status: 'decided' }).items,
    judged_votes: state.voting.judged_votes,
  };
}

function writeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function readCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (/^vote-\d{4}-\d{2}-\d{2}-\d{3,}$/.test(id)) return id;
  throw new CallerError(
    'invalid',
    'cursor: expected the next_cursor of an earlier page',
    'Leave cursor out to begin with the first page.',
  );
}
