import { countId } from '../../counted-ids.ts';
import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { settle } from '../../tasks/change-task.ts';
import { type ImportBase, importKey } from '../../tasks/import-row.ts';
import { oneLine } from '../../text.ts';
import type { Vote } from '../vote-state.ts';

export interface VoteImported {
  readonly type: 'vote_imported';
  /** As it stands here from now on. */
  readonly vote: Vote;
  readonly source: { readonly system: string; readonly id: string };
  readonly base: ImportBase;
}

export const voteImported: EventKind<VoteImported> = {
  type: 'vote_imported',
  description: 'A vote was imported from another system, with its ballots, perhaps already decided there.',
  fold(state, { vote, source, base }, { at }) {
    const key = importKey(source.system, source.id);
    state.imports.set(key, { key, id: vote.vote_id, base });
    countId(state, 'vote', vote.vote_id);
    state.votes.set(vote.vote_id, vote);
    settle(state, vote.vote_id, at);
  },
  line({ vote: { vote_id, question, status, choice }, source }) {
    const ended = choice === null ? status : `${status}: "${oneLine(choice, 80)}"`;
    return `imported ${vote_id} from ${source.system} ${oneLine(source.id, 60)}: ${quoted(question)} (${ended})`;
  },
  redact({ vote: { ballots: _ballots, closing: _closing, ...vote }, ...event }) {
    return { ...event, vote };
  },
  news: 'each',
};
