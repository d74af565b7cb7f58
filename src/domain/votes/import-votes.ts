/** Votes from another system, open or closed, with their ballots. One that changed there since replaces ours while nobody here has touched it. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import type { ImportedVote } from '../requests.ts';
import { hashOf, importKey } from '../tasks/import-row.ts';
import { requirePerson } from '../tasks/standing.ts';
import { formed } from './change-vote.ts';
import { askToDecide } from './closing.ts';
import { checkOptions, checkQuestion } from './open-vote.ts';
import { countedBallots, judgementOf } from './standing.ts';
import { tally } from './tally.ts';
import type { VoteId } from './vote.ts';
import type { Vote } from './vote-state.ts';

export function importVotes(
  state: FederationState,
  { system, votes }: ArgsOf<'import_votes'>,
  context: DecisionContext,
): Decision<ResultOf<'import_votes'>> {
  requirePerson(context, 'import votes');
  const deliberation = new Deliberation(state, context);
  const ids = new Map<string, VoteId>();
  const skipped: string[] = [];
  const updated: { source_id: string; vote_id: VoteId }[] = [];
  const kept: { source_id: string; vote_id: VoteId; why: string }[] = [];
  for (const imported of votes) {
    const { source_id } = imported;
    const row = state.imports.get(importKey(system, source_id));
    const base = hashOf(imported);
    if (row === undefined) {
      const vote_id = isFree(state, imported) ? source_id : deliberation.nextId('vote');
      ids.set(source_id, vote_id);
      bring(deliberation, system, imported, vote_id, base);
      continue;
    }
    const here = state.votes.get(row.id);
    if (row.base?.vote === base || here === undefined) skipped.push(source_id);
    else if (hashOf(here) !== row.base?.row) kept.push({ source_id, vote_id: row.id, why: 'changed here too' });
    else {
      updated.push({ source_id, vote_id: row.id });
      bring(deliberation, system, imported, row.id, base);
    }
  }
  return { events: deliberation.events, result: () => ({ ids: Object.fromEntries(ids), skipped, updated, kept }) };
}

function isFree(state: FederationState, { source_id, exported }: ImportedVote): boolean {
  const isId = exported && /^vote-\d{4}-\d{2}-\d{2}-\d{3,9}$/.test(source_id);
  return isId && !state.votes.has(source_id) && !state.archivedVotes.has(source_id);
}

function bring(
  deliberation: Deliberation,
  system: string,
  imported: ImportedVote,
  vote_id: VoteId,
  base: string,
): void {
  const vote = rowOf(deliberation, imported, vote_id);
  const source = { system, id: imported.source_id };
  deliberation.add({ type: 'vote_imported', vote, source, base: { vote: base, row: hashOf(vote) } });
  if (vote.status === 'escalated' && vote.escalated !== null) askToDecide(deliberation, vote, vote.escalated.reason);
  else deliberation.closeEscalations(vote_id, `${vote.status} in ${system}`, 'vote');
}

function rowOf({ state, context }: Deliberation, imported: ImportedVote, vote_id: VoteId): Vote {
  const { config } = context;
  const options = checkOptions(imported.options);
  const eligible = imported.eligible
    .toSorted()
    .map((agent) => ({ agent, family: config.agents[agent]?.family ?? null }));
  const poll = { ...imported, options, eligible };
  const { closed } = imported;
  return {
    vote_id,
    question: checkQuestion(imported.question),
    options,
    context_url: imported.context_url,
    topic: imported.topic,
    opened_by: imported.opened_by,
    eligible,
    quorum: imported.quorum,
    method: imported.method,
    stakes: imported.stakes,
    deadline: imported.deadline,
    seal_key: null,
    status: imported.status,
    opened_at: imported.opened_at,
    counted_from: imported.status === 'active' ? context.now : imported.opened_at,
    held_open: false,
    ballots: imported.ballots.map((own) => formed(own, (open) => ({ open }))),
    closing:
      closed === null
        ? null
        : {
            because: closed.because,
            unreachable: closed.unreachable,
            unreadable: [],
            tally: tally(poll, countedBallots(imported.ballots), judgementOf(state.voting)),
            at: closed.at,
          },
    choice: imported.choice,
    decided: imported.decided,
    escalated: imported.escalated,
    overruled: imported.overruled,
    cancelled: imported.cancelled,
    continued: imported.continued,
    judged: null,
    finished_at: imported.finished_at,
  };
}
