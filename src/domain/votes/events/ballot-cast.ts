import type { EventKind } from '../../event-kind.ts';
import type { AgentName } from '../../names.ts';
import { changeVote, withBallot } from '../change-vote.ts';
import type { VoteId } from '../vote.ts';
import type { BallotForm } from '../vote-state.ts';

export interface BallotCast {
  readonly type: 'ballot_cast';
  readonly vote_id: VoteId;
  readonly agent: AgentName;
  /** A second one of an agent replaces the first, which is kept. */
  readonly ballot: BallotForm;
}

export const ballotCast: EventKind<BallotCast> = {
  type: 'ballot_cast',
  description: 'An agent voted, or revised its ballot; sealed unless the vote has open ballots.',
  fold(state, { vote_id, agent, ballot }, { at }) {
    changeVote(state, vote_id, (vote) => withBallot(vote, agent, ballot, at));
  },
  /** Who voted and nothing else: the log is read while votes are open. */
  line: ({ vote_id, agent }, by) => `${agent === by ? '' : `${agent} `}voted in ${vote_id}`,
  redact({ ballot: _ballot, ...event }) {
    return event;
  },
  news: 'each',
};
