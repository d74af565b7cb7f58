import type { FederationEvent } from '../domain/events.ts';
import { noSuchVote } from '../domain/votes/standing.ts';
import type { VoteId } from '../domain/votes/vote.ts';
import type { Vote } from '../domain/votes/vote-state.ts';
import type { Federation } from '../federation.ts';
import { foldPast } from './fold-past.ts';

/**
 * A vote by id; one that has left the state is folded from the journal again.
 * @throws CallerError `not-found`
 */
export async function findVote(federation: Federation, id: VoteId): Promise<Vote> {
  const state = federation.state();
  const vote = state.votes.get(id);
  if (vote !== undefined) return vote;
  if (!state.archivedVotes.has(id)) throw noSuchVote(id);
  const past = await foldPast(federation, (event) => isAbout(event, id));
  const found = past.votes.get(id);
  if (found === undefined) throw noSuchVote(id);
  return found;
}

/** Pauses move deadlines; nobody asks an archived vote for its own. */
function isAbout(event: FederationEvent, id: VoteId): boolean {
  if (event.type === 'vote_opened') return event.vote.vote_id === id;
  return 'vote_id' in event && event.vote_id === id;
}
