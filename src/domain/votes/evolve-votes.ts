/** How each event of voting changes the state. */
import { unreachable } from '../errors.ts';
import type { EventMeta } from '../evolve.ts';
import type { FederationState } from '../federation-state.ts';
import { countId } from '../scheduling/evolve-scheduling.ts';
import { noteOverruledVote, settle } from '../tasks/evolve-tasks.ts';
import type { Timestamp } from '../time.ts';
import type { VoteId } from './vote.ts';
import type { ClosingRecord, VoteEvent } from './vote-events.ts';
import type { AgentBallots, BallotForm, NewVote, Vote } from './vote-state.ts';
import { changeVotingRecord, type JudgedVote } from './voting-record.ts';

export function evolveVote(state: FederationState, event: VoteEvent, meta: EventMeta): void {
  switch (event.type) {
    case 'vote_opened':
      countId(state, 'vote', event.vote.vote_id);
      state.votes.set(event.vote.vote_id, opened(event.vote, meta.at));
      return;
    case 'votes_archived':
      for (const id of event.vote_ids) archive(state, id);
      return;
    default: {
      const vote = state.votes.get(event.vote_id);
      if (vote === undefined) return;
      if (event.type === 'vote_judged') learn(state, vote, event.lesson);
      state.votes.set(vote.vote_id, changed(vote, event, meta));
      settle(state, vote.vote_id, meta.at);
      if (event.type === 'vote_overruled') {
        for (const id of event.told) noteOverruledVote(state, id, event, meta);
      }
    }
  }
}

type SingleVoteEvent = Exclude<VoteEvent, { type: 'vote_opened' | 'votes_archived' }>;

function changed(vote: Vote, event: SingleVoteEvent, meta: EventMeta): Vote {
  const { at, by } = meta;
  switch (event.type) {
    case 'ballot_cast':
      return withBallot(vote, event.agent, event.ballot, at);
    case 'vote_decided': {
      const { choice, decided_by, reason, via, closing } = event;
      const decided = { decided_by, by, at, reason, via };
      return { ...closed(vote, closing, at), status: 'decided', choice, decided, finished_at: at };
    }
    case 'vote_escalated': {
      const escalated = { reason: event.reason, to: event.to, at };
      return { ...closed(vote, event.closing, at), status: 'escalated', escalated };
    }
    case 'vote_extended': {
      if (event.reopened === null) return { ...vote, deadline: event.deadline, held_open: true };
      const ballots = event.reopened.ballots.map((own) => formed(own, (sealed) => ({ sealed })));
      return {
        ...vote,
        status: 'active',
        deadline: event.deadline,
        counted_from: at,
        held_open: true,
        // A vote with open ballots has nothing to seal.
        ballots: vote.seal_key === null ? vote.ballots : ballots,
        closing: null,
        escalated: null,
      };
    }
    case 'vote_cancelled':
      return {
        ...vote,
        status: 'cancelled',
        // Never counted, so never opened: the question may be put again. Who had voted stays known.
        ballots:
          vote.status === 'active' && vote.seal_key !== null
            ? vote.ballots.map(({ agent }) => ({ agent, revisions: [] }))
            : vote.ballots,
        cancelled: { by, at, reason: event.reason, via: event.via },
        finished_at: at,
      };
    case 'vote_judged':
      return { ...vote, judged: { right_choice: event.right_choice, by, at, lesson: event.lesson } };
    case 'vote_overruled': {
      const { reason, via } = event;
      const before = { ...(vote.decided ?? { by, at, reason: null, via: null }), choice: event.before };
      return {
        ...vote,
        choice: event.choice,
        decided: { decided_by: 'operator', by, at, reason, via },
        overruled: [
          ...vote.overruled,
          { by: before.by, at: before.at, reason: before.reason, via: before.via, choice: before.choice },
        ],
      };
    }
    default:
      return unreachable(event);
  }
}

function opened(vote: NewVote, at: Timestamp): Vote {
  return {
    ...vote,
    status: 'active',
    opened_at: at,
    counted_from: at,
    held_open: false,
    ballots: [],
    closing: null,
    choice: null,
    decided: null,
    escalated: null,
    overruled: [],
    cancelled: null,
    continued: false,
    judged: null,
    finished_at: null,
  };
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

function closed(vote: Vote, record: ClosingRecord | null, at: Timestamp): Vote {
  if (record === null) return vote;
  const { ballots, ...closing } = record;
  return { ...vote, ballots: ballots.map((own) => formed(own, (open) => ({ open }))), closing: { ...closing, at } };
}

function formed<Form>(own: AgentBallots<Form>, form: (ballot: Form) => BallotForm): AgentBallots {
  return { agent: own.agent, revisions: own.revisions.map(({ at, ballot }) => ({ at, ballot: form(ballot) })) };
}

function learn(state: FederationState, vote: Vote, lesson: JudgedVote): void {
  const before = vote.judged === null ? state.voting : changeVotingRecord(state.voting, vote.judged.lesson, -1);
  state.voting = changeVotingRecord(before, lesson, 1);
}

function archive(state: FederationState, id: VoteId): void {
  const vote = state.votes.get(id);
  if (vote === undefined || vote.status === 'active' || vote.status === 'escalated') return;
  state.archivedVotes.set(id, { vote_id: id, status: vote.status, choice: vote.choice, continued: vote.continued });
  state.votes.delete(id);
}
