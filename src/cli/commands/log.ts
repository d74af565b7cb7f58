import { z } from 'zod';
import { visibleJson } from '../../domain/text.ts';
import { readableRecord } from '../../views/readable-record.ts';
import { command } from '../command.ts';
import type { Host } from '../host.ts';
import { renderRecord } from '../render/render-record.ts';
import { openSettings, type Session, show, withSession } from '../session.ts';
import { manyLines, oneLine, paint } from '../terminal.ts';

/** More news than this between two looks is read in several goes. */
const batch = 1000;

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
    ['-f, --follow', 'follow', 'go on with what happens from now, until Ctrl-C; with --json one record a line'],
    ['-n, --limit <count>', 'limit', 'how many records; default 20'],
    ['--rebuild', 'rebuild', 'write the readable log file again from the whole journal, below its marker line'],
  ],
  examples: ['fed log', 'fed log -f', 'fed log -n 200 --json', 'fed log --rebuild'],
  run: async ({ follow: goOn, limit, rebuild }, context) => {
    if (rebuild === true) {
      const { file, entries } = await context.host.rebuildLog(openSettings(context));
      show(context, { file, entries, next: `Read ${file}.` }, () => `wrote ${entries} entries to ${file}`);
      return;
    }
    await withSession(context, async (session) => {
      const fault = await session.federation.logFault();
      if (fault !== null) context.host.err(`${warning(fault.message, fault.next, context.host)}\n`);
      await (goOn === true ? follow(session, limit, context.host) : printNewest(session, limit));
    });
  },
});

function warning(message: string, next: string, { errorTerminal }: Host): string {
  return `${paint('fed:', 'yellow', errorTerminal)} ${manyLines(message)}\n  → ${oneLine(next)}`;
}

async function printNewest(session: Session, limit: number): Promise<void> {
  const items = await session.federation.tail(limit);
  session.show({ items: items.map(readableRecord), total: items.length, next: '' }, (terminal) =>
    items.length === 0 ? 'Nothing has happened yet.' : items.map((record) => renderRecord(record, terminal)).join('\n'),
  );
}

/** Resolves when the signal aborts. Every record is printed once and in order, however the hints arrive. */
async function follow({ federation, terminal, json }: Session, limit: number, host: Host): Promise<void> {
  let seen = 0;
  const print = async (count: number): Promise<boolean> => {
    const records = await federation.tail(count, seen);
    for (const record of records) {
      seen = record.seq;
      host.out(
        json ? `${visibleJson(JSON.stringify(readableRecord(record)))}\n` : `${renderRecord(record, terminal)}\n`,
      );
    }
    return records.length === count;
  };
  await print(limit);
  let wake = (): void => {};
  let changed = false;
  const hint = (): void => {
    changed = true;
    wake();
  };
  const unsubscribe = federation.subscribe(hint);
  host.signal.addEventListener('abort', hint, { once: true });
  try {
    while (!host.signal.aborted) {
      changed = false;
      if (await print(batch)) continue;
      if (!changed && !host.signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unsubscribe();
  }
}
