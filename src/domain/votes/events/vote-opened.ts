import { countId } from '../../counted-ids.ts';
import type { EventKind } from '../../event-kind.ts';
import { quoted } from '../../event-words.ts';
import { oneLine } from '../../text.ts';
import type { NewVote } from '../vote-state.ts';

export interface VoteOpened {
  readonly type: 'vote_opened';
  readonly vote: NewVote;
}

export const voteOpened: EventKind<VoteOpened> = {
  type: 'vote_opened',
  description: 'A vote was opened; fixes who may vote, the quorum and the key that seals its ballots.',
  fold(state, { vote }, { at }) {
    countId(state, 'vote', vote.vote_id);
    state.votes.set(vote.vote_id, {
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
    });
  },
  line({ vote: { vote_id, question, options, eligible, deadline } }) {
    const shown = options.slice(0, 5).map((option) => oneLine(option, 30));
    const more = options.length > shown.length ? ` and ${options.length - shown.length} more` : '';
    return `opened ${vote_id} for ${eligible.map(({ agent }) => agent).join(', ')} until ${deadline}: ${quoted(question)} (${shown.join(' | ')}${more})`;
  },
  redact(event) {
    const { seal_key, ...vote } = event.vote;
    return { ...event, vote: { ...vote, sealed: seal_key !== null } };
  },
  news: 'each',
};
