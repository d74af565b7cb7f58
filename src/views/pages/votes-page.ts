/** Votes by what they need, and one of them whole. */
import type { Federation } from '../../federation.ts';
import { findVote } from '../find-vote.ts';
import { briefVote, fullVote } from '../vote-views.ts';
import type { PageOf } from './page.ts';

const mostVotes = 50;

export async function votesPage(federation: Federation, id: string): Promise<PageOf<'votes'>> {
  const state = federation.state();
  const all = [...state.votes.values()].reverse();
  const chosen =
    id === ''
      ? (all.findLast(({ status }) => status === 'escalated') ?? all[0] ?? null)
      : await findVote(federation, id);
  const brief = (status: readonly string[]) =>
    all
      .filter((vote) => status.includes(vote.status))
      .slice(0, mostVotes)
      .map(briefVote);
  return {
    page: 'votes',
    needing: brief(['escalated']),
    open: brief(['active']),
    over: brief(['decided', 'cancelled']),
    chosen: chosen === null ? null : fullVote(chosen),
    waiting: chosen === null ? [] : [...(state.dependents.get(chosen.vote_id) ?? [])].slice(0, 20),
  };
}
