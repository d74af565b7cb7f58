/** Journal records as lines of the log: when, who, what. */
import type { StoredRecord } from '../../store/event-store.ts';
import { logEntries } from '../../views/event-lines.ts';
import type { Terminal } from '../terminal.ts';
import { moment, withTimes } from '../times.ts';
import { renderEntries } from './entries.ts';

/** As long as names usually are, so that they stand below each other while the log is followed. */
const usualName = 8;

export function renderRecords(records: readonly StoredRecord[], terminal: Terminal): string {
  const entries = records.flatMap(logEntries).map(({ at, by, how, text }) => ({
    when: moment(at, terminal),
    who: by,
    what: withTimes(how === undefined ? text : `${text} (${how})`, terminal),
  }));
  return renderEntries(entries, terminal, usualName);
}
