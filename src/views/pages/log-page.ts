/** The newest records, filtered. */
import type { Federation } from '../../federation.ts';
import { logEntries } from '../event-lines.ts';
import type { LogLine, PageOf } from './page.ts';

const mostLogRecords = 1_000;
const mostLogLines = 300;

export async function logPage(federation: Federation, filters: PageOf<'log'>['filters']): Promise<PageOf<'log'>> {
  const records = await federation.tail(mostLogRecords);
  const words = filters.text.toLowerCase();
  const entries: LogLine[] = [];
  for (const record of records.toReversed()) {
    const lines = logEntries(record).toReversed();
    const vias = record.commands.flatMap(({ via = null, events }) => events.map(() => via)).reverse();
    for (const [index, entry] of lines.entries()) {
      if (filters.who !== '' && entry.by !== filters.who) continue;
      if (words !== '' && !`${entry.by} ${entry.text}`.toLowerCase().includes(words)) continue;
      entries.push({ ...entry, via: vias[index] ?? null });
    }
    if (entries.length >= mostLogLines) break;
  }
  return { page: 'log', entries: entries.slice(0, mostLogLines), records: federation.seq, filters };
}
