/** Events in words: the log file, `fed log`, the news of a session. One line an event. */
import { type FederationEvent, kindOf } from '../domain/events.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { Federation } from '../federation.ts';
import type { StoredRecord } from '../store/event-store.ts';
import { firstWords } from './task-views.ts';

export interface LogEntry {
  /** Record and event within it: `42.1`. */
  readonly place: string;
  readonly at: string;
  readonly by: string;
  /** How it came, where that is more than a client's own call or a command typed. */
  readonly how?: string;
  readonly text: string;
}

export function logEntries(record: StoredRecord): LogEntry[] {
  let count = 0;
  return record.commands.flatMap((command) => {
    const how = describeProvenance(command);
    const from = { by: command.by, ...(how === null ? {} : { how }) };
    return command.events.map((event) => {
      count += 1;
      return { place: `${record.seq}.${count}`, at: record.at, ...from, text: describeEvent(event, command.by) };
    });
  });
}

/** Entries in the overview, newest last; `fed log` and FEDERATION_LOG.md have all of them. */
const overviewLength = 100;

export async function logView(federation: Federation) {
  const records = await federation.tail(overviewLength);
  const items = records.flatMap(logEntries).slice(-overviewLength);
  return { items, total: items.length };
}

/** What tells the word of a person who was asked from one that was typed; `null` where there is nothing to tell. */
export function describeProvenance({ asked_by, client, emptied_markers }: Partial<Provenance>): string | null {
  const facts: string[] = [];
  if (asked_by !== undefined) {
    facts.push(`asked by ${asked_by}${client === undefined ? '' : ` in ${firstWords(client, 40)}`}`);
  }
  if (emptied_markers !== undefined) facts.push(`with ${emptied_markers.join(', ')} emptied`);
  return facts.length === 0 ? null : facts.join(', ');
}

/** What happened, without who and when. */
export function describeEvent(event: FederationEvent, by: string): string {
  return kindOf(event.type).line(event, by);
}
