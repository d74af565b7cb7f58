/** A journal record as lines of the log: when, who, what. */
import type { StoredRecord } from '../../store/event-store.ts';
import { logEntries } from '../../views/event-lines.ts';
import { cutTo, oneLine, padTo, paint, type Terminal } from '../terminal.ts';

export function renderRecord(record: StoredRecord, terminal: Terminal): string {
  const when = record.at.slice(0, 19).replace('T', ' ');
  return logEntries(record)
    .map(({ by, how, text }) => {
      const line = `${padTo(by, 10)}  ${oneLine(how === undefined ? text : `${text} (${how})`)}`;
      const shown = terminal.width === null ? line : cutTo(line, terminal.width - when.length - 2);
      return `${paint(when, 'dim', terminal)}  ${shown}`;
    })
    .join('\n');
}
