/** Events in words: the log file, `fed log`, the news of a session. One line an event. */
import { type FederationEvent, kindOf } from '../domain/events.ts';
import type { StoredRecord } from '../store/event-store.ts';

export interface LogEntry {
  /** Record and event within it: `42.1`. */
  readonly place: string;
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

export function logEntries(record: StoredRecord): LogEntry[] {
  let count = 0;
  return record.commands.flatMap(({ by, events }) =>
    events.map((event) => {
      count += 1;
      return { place: `${record.seq}.${count}`, at: record.at, by, text: describeEvent(event) };
    }),
  );
}

/** What happened, without who and when. */
export function describeEvent(event: FederationEvent): string {
  return kindOf(event.type).line(event);
}
