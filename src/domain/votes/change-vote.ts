/** What the folds of voting's events share. */
import type { FederationState } from '../federation-state.ts';
import type { Timestamp } from '../time.ts';
import type { VoteId } from './vote.ts';
import type { AgentBallots, BallotForm, ClosingRecord, Vote } from './vote-state.ts';

/** One that has left the state, or never was there, changes nothing. */
export function changeVote(state: FederationState, id: VoteId, change: (vote: Vote) => Vote): void {
  const vote = state.votes.get(id);
  if (vote !== undefined) state.votes.set(id, change(vote));
}

/** One ballot more. One that no command would have let through changes nothing: late, or by a stranger. */
export function withBallot(vote: Vote, agent: string, ballot: BallotForm, at: Timestamp): Vote {
  if (vote.status !== 'active') return vote;
  const ballots = vote.eligible.flatMap(({ agent: voter }): AgentBallots[] => {
    const own = vote.ballots.find((cast) => cast.agent === voter);
    if (voter !== agent) return own === undefined ? [] : [own];
    return [{ agent, revisions: [...(own?.revisions ?? []), { at, ballot }] }];
  });
  return { ...vote, ballots, held_open: false };
}

/** `null`: it had closed before. */
export function closed(vote: Vote, record: ClosingRecord | null, at: Timestamp): Vote {
  if (record === null) return vote;
  const { ballots, ...closing } = record;
  return { ...vote, ballots: ballots.map((own) => formed(own, (open) => ({ open }))), closing: { ...closing, at } };
}

export function formed<Form>(own: AgentBallots<Form>, form: (ballot: Form) => BallotForm): AgentBallots {
  return { agent: own.agent, revisions: own.revisions.map(({ at, ballot }) => ({ at, ballot: form(ballot) })) };
}

/** What may be shown of how a vote closed: it may be reopened, and its ballots sealed again. */
export function shownClosing(closing: ClosingRecord | null): Pick<ClosingRecord, 'because' | 'unreachable'> | null {
  return closing === null ? null : { because: closing.because, unreachable: closing.unreachable };
}
