/** Finding a vote, and what is known of it: its ballots opened, the record of judged votes read. */
import { advise, call } from '../advice.ts';
import { type Attendance, isThere } from '../agents/attendance.ts';
import { CallerError, StoreError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../tasks/task.ts';
import { decodeBytes, keyBytes, openBallot } from './sealing.ts';
import { abstain, type Ballot, type CastBallot, type VoteId } from './vote.ts';
import type { AgentBallots, BallotForm, Vote } from './vote-state.ts';
import { type Judgement, readVotingRecord, type VotingRecord } from './voting-record.ts';

export function noSuchVote(id: string): CallerError {
  return new CallerError(
    'not-found',
    `No vote has the id "${id.slice(0, 60)}".`,
    advise`Ids look like vote-2026-02-06-001. ${call('start_session')} names the ballots you owe.`,
  );
}

/** @throws CallerError `not-found`; `wrong-state` for one that was archived. */
export function existingVote(state: FederationState, id: VoteId): Vote {
  const vote = state.votes.get(id);
  if (vote !== undefined) return vote;
  const archived = state.archivedVotes.get(id);
  if (archived === undefined) throw noSuchVote(id);
  throw new CallerError(
    'wrong-state',
    `${id} is ${archived.status} and was archived.`,
    advise`Read it with ${call('get_vote', { vote_id: id })}.`,
  );
}

/** The option that is meant, whatever its case and the space around it. @throws CallerError `invalid` for what is none */
export function checkOption(vote: Vote, choice: string, argument: string, besides: readonly string[] = []): string {
  if (vote.options.includes(choice) || besides.includes(choice)) return choice;
  const all = [...vote.options, ...besides];
  const [meant, ...more] = all.filter((option) => plain(option) === plain(choice));
  if (meant !== undefined && more.length === 0) return meant;
  const known = all.map((option) => JSON.stringify(shortened(option))).join(', ');
  throw new CallerError(
    'invalid',
    `${argument}: expected an option of ${vote.vote_id}, got ${JSON.stringify(shortened(choice))}`,
    `Use exactly one of ${known.slice(0, 600)}.`,
  );
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** Eligible agents that have not voted and are not there: they do not hold a vote open. */
export function unreachableVoters(state: FederationState, vote: Vote, attendance: Attendance): AgentName[] {
  return missingVoters(vote).filter((agent) => !isThere(state, agent, attendance));
}

export function missingVoters(vote: Vote): AgentName[] {
  const voted = new Set(vote.ballots.map(({ agent }) => agent));
  return vote.eligible.map(({ agent }) => agent).filter((agent) => !voted.has(agent));
}

export interface OpenedBallots {
  /** Every revision in plain text; the last one of each agent counts. */
  readonly ballots: readonly AgentBallots<Ballot>[];
  readonly unreadable: readonly AgentName[];
}

/**
 * Every ballot of a vote in plain text. One that does not fit the vote's key
 * was not sealed for this vote and agent: it is left out and its agent named,
 * so that a forged record can neither count nor keep the vote from closing.
 */
export function openBallots(vote: Vote): OpenedBallots {
  const key = vote.seal_key === null ? null : decodeBytes(vote.seal_key, keyBytes);
  const ballots: AgentBallots<Ballot>[] = [];
  const unreadable: AgentName[] = [];
  for (const { agent, revisions } of vote.ballots) {
    const opened = revisions.map(({ at, ballot }) => ({ at, ballot: plainText(vote, agent, ballot, key) }));
    const readable = opened.flatMap(({ at, ballot }) => (ballot === null ? [] : [{ at, ballot }]));
    if (readable.length < opened.length) unreadable.push(agent);
    if (opened.at(-1)?.ballot != null) ballots.push({ agent, revisions: readable });
  }
  return { ballots, unreadable };
}

function plainText(vote: Vote, agent: AgentName, form: BallotForm, key: Uint8Array | null): Ballot | null {
  if ('open' in form) return form.open;
  if (key === null) return null;
  try {
    const ballot = openBallot(form.sealed, { vote_id: vote.vote_id, agent }, key);
    const named = [ballot.choice, ...ballot.also];
    return named.every((option) => option === abstain || vote.options.includes(option)) ? ballot : null;
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** The ballots that count, as the tally wants them. */
export function countedBallots(ballots: readonly AgentBallots<Ballot>[]): CastBallot[] {
  return ballots.flatMap(({ agent, revisions }) => {
    const last = revisions.at(-1)?.ballot;
    if (last === undefined) return [];
    const { choice, also, confidence, block } = last;
    return [{ agent, choice, also, confidence, block }];
  });
}

const read = new WeakMap<VotingRecord, Judgement>();

/** The voting record made ready for tallies; fitted once for each record. */
export function judgementOf(record: VotingRecord): Judgement {
  let judgement = read.get(record);
  if (judgement === undefined) {
    judgement = readVotingRecord(record);
    read.set(record, judgement);
  }
  return judgement;
}
