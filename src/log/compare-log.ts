/** Whether a readable log says what its journal says. Wording may differ from version to version; places may not. */
import type { LogEntry } from '../views/event-lines.ts';
import { placeOfLine, prefixOf } from './log-line.ts';

export interface LogDifference {
  /** Entries of the journal that the log lacks although it goes further. */
  readonly missing: readonly string[];
  /** Entries of the log that the journal does not have. */
  readonly foreign: readonly string[];
}

/** `text`: below the marker. `keepsLost`: a loss was accepted, and the lines of what is lost stay. */
export function compareLog(text: string, entries: readonly LogEntry[], keepsLost: boolean): LogDifference {
  const expected = new Map(entries.map((entry) => [entry.place, prefixOf(entry)]));
  const said = new Set<string>();
  const foreign: string[] = [];
  let last = { seq: 0, event: 0 };
  for (const line of text.split('\n')) {
    const place = placeOfLine(line);
    if (place === null) continue;
    const name = `${place.seq}.${place.event}`;
    const prefix = expected.get(name);
    if (prefix !== undefined && line.startsWith(prefix)) said.add(name);
    else if (!keepsLost) foreign.push(name);
    last = place;
  }
  const missing = [...expected.keys()].filter((name) => !said.has(name) && isBefore(name, last));
  return { missing, foreign };
}

function isBefore(name: string, last: { readonly seq: number; readonly event: number }): boolean {
  const [seq = 0, event = 0] = name.split('.').map(Number);
  return seq < last.seq || (seq === last.seq && event <= last.event);
}
