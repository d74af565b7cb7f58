import { z } from 'zod';
import { visibleJson } from '../../domain/text.ts';
import { followRecords } from '../../views/follow-records.ts';
import { readableRecord } from '../../views/readable-record.ts';
import { command } from '../command.ts';
import type { Host } from '../host.ts';
import { headline } from '../render/headline.ts';
import { renderRecords } from '../render/render-record.ts';
import { openSettings, type Session, show, withSession } from '../session.ts';
import { manyLines, oneLine, paint, stacked, type Terminal } from '../terminal.ts';
import { plural } from '../../domain/phrases.ts';

export const log = command({
  path: 'log',
  about: 'what happened',
  more: 'The newest entries of the journal, oldest first.',
  input: z.strictObject({
    follow: z.boolean().optional(),
    limit: z.int().min(0).max(1_000_000).default(20),
    rebuild: z.boolean().optional(),
  }),
  options: [
    ['-f, --follow', 'follow', 'follow new events until Ctrl-C; with --json one record a line'],
    ['-n, --limit <count>', 'limit', 'how many records; default 20'],
    ['--rebuild', 'rebuild', 'rewrite the readable log file from the journal, below its marker line'],
  ],
  writesFiles: ({ rebuild }) => rebuild === true,
  examples: ['fed log', 'fed log -f', 'fed log -n 200 --json', 'fed log --rebuild'],
  run: async ({ follow, limit, rebuild }, context) => {
    if (rebuild === true) {
      const { file, entries } = await context.host.rebuildLog(openSettings(context));
      show(
        context,
        { file, entries, next: `See ${file}.` },
        () => `wrote ${plural(entries, 'entry', 'entries')} to ${file}`,
      );
      return;
    }
    await withSession(context, async (session) => {
      const { federation, json, signal, terminal } = session;
      const fault = await federation.logFault();
      if (fault !== null) context.host.err(`${warning(fault.message, fault.next, context.host)}\n`);
      if (follow !== true) return await printNewest(session, limit);
      if (!json && terminal.width !== null) context.host.out(`${headOf(terminal)}\n`);
      for await (const record of followRecords(federation, limit, signal)) {
        const line = json ? visibleJson(JSON.stringify(readableRecord(record))) : renderRecords([record], terminal);
        context.host.out(`${line}\n`);
      }
    });
  },
});

/** A terminal's times are local: the zone stands above them. */
function headOf(terminal: Terminal): string {
  return terminal.width === null ? '' : headline([{ text: 'Log', style: 'bold' }], terminal);
}

function warning(message: string, next: string, { errorTerminal }: Host): string {
  return `${paint('fed:', 'yellow', errorTerminal)} ${manyLines(message)}\n  → ${oneLine(next)}`;
}

async function printNewest(session: Session, limit: number): Promise<void> {
  const items = await session.federation.tail(limit);
  session.show({ items: items.map(readableRecord), total: items.length, next: '' }, (terminal) =>
    items.length === 0
      ? 'Nothing has happened yet.'
      : stacked([headOf(terminal), renderRecords(items, terminal)], '\n'),
  );
}
