/**
 * Events of voting in words. A line about a ballot says who voted and nothing
 * else: the log is read while votes are open. Nor does a line about a vote that
 * closed without a result say more than why, since it may be extended and sealed
 * again.
 */
import { unreachable } from '../domain/errors.ts';
import type { VoteEvent } from '../domain/votes/vote-events.ts';
import { firstWords } from './task-views.ts';

export function describeVoteEvent(event: VoteEvent): string {
  switch (event.type) {
    case 'vote_opened': {
      const { vote_id, question, options, eligible, deadline } = event.vote;
      const shown = options.slice(0, 5).map((option) => firstWords(option, 30));
      const more = options.length > shown.length ? ` and ${options.length - shown.length} more` : '';
      return `opened ${vote_id} for ${eligible.map(({ agent }) => agent).join(', ')} until ${deadline}: "${firstWords(question, 120)}" (${shown.join(' | ')}${more})`;
    }
    case 'ballot_cast':
      return `${event.agent} voted in ${event.vote_id}`;
    case 'vote_decided': {
      const how =
        event.decided_by === 'operator' ? `by the operator${because(event.reason)}` : closedBy(event.closing?.because);
      return `${event.vote_id} is decided: "${firstWords(event.choice, 80)}", ${how}`;
    }
    case 'vote_escalated':
      return `${event.vote_id} goes to ${event.to}: ${event.reason}`;
    case 'vote_extended':
      return `${event.reopened === null ? 'extended' : 'reopened'} ${event.vote_id} until ${event.deadline}`;
    case 'vote_cancelled':
      return `cancelled ${event.vote_id}${because(event.reason)}`;
    case 'vote_judged':
      return `judged ${event.vote_id}: right was "${firstWords(event.right_choice, 80)}"`;
    case 'vote_overruled': {
      const told =
        event.told.length === 0
          ? ''
          : `; ${event.told.slice(0, 5).join(', ')} ${event.told.length === 1 ? 'builds' : 'build'} on it`;
      return `overruled ${event.vote_id}: "${firstWords(event.before, 60)}" becomes "${firstWords(event.choice, 60)}"${told}${because(event.reason)}`;
    }
    case 'votes_archived':
      return `archived ${event.vote_ids.length} finished votes`;
    default:
      return unreachable(event);
  }
}

function closedBy(because: string | undefined): string {
  switch (because) {
    case 'everyone-voted':
      return 'everyone has voted';
    case 'settled-early':
      return 'the rest could no longer change it';
    case 'deadline':
      return 'the time was up';
    default:
      return 'closed by the operator';
  }
}

function because(reason: string | null): string {
  return reason === null ? '' : `: "${firstWords(reason, 120)}"`;
}
