/**
 * A journal record as it may be shown: without ballots, the keys that seal
 * them, and the counts they lead to. `get_vote` shows those of votes that have
 * closed; here they are left out always, since a vote may be reopened.
 */
import type { FederationEvent } from '../domain/events.ts';
import type { CommittedCommand, StoredRecord } from '../store/event-store.ts';

type Shown = Readonly<Record<string, unknown>>;

export interface ReadableRecord extends Omit<StoredRecord, 'commands'> {
  readonly commands: readonly (Omit<CommittedCommand, 'events'> & { readonly events: readonly Shown[] })[];
}

export function readableRecord(record: StoredRecord): ReadableRecord {
  return {
    ...record,
    commands: record.commands.map(({ events, ...rest }) => ({ ...rest, events: events.map(readableEvent) })),
  };
}

function readableEvent(event: FederationEvent): Shown {
  switch (event.type) {
    case 'vote_opened': {
      const { seal_key, ...vote } = event.vote;
      return { ...event, vote: { ...vote, sealed: seal_key !== null } };
    }
    case 'ballot_cast': {
      const { ballot: _ballot, ...rest } = event;
      return rest;
    }
    case 'vote_decided':
    case 'vote_escalated': {
      const { because, unreachable } = event.closing ?? { because: null, unreachable: [] };
      return { ...event, closing: because === null ? null : { because, unreachable } };
    }
    case 'vote_extended':
      return { ...event, reopened: event.reopened !== null };
    case 'vote_judged': {
      const { lesson: _lesson, ...rest } = event;
      return rest;
    }
    default:
      return { ...event };
  }
}
