/**
 * A journal record as it may be shown: without ballots, the keys that seal
 * them, and the counts they lead to. `get_vote` shows those of votes that have
 * closed; here they are left out always, since a vote may be reopened.
 */
import { type FederationEvent, kindOf } from '../domain/events.ts';
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
  const { redact } = kindOf(event.type);
  return redact === 'nothing' ? { ...event } : redact(event);
}
