import type { Command } from 'commander';
import { visibleJson } from '../../domain/text.ts';
import { examples, parseInteger } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderRecord } from '../render/render-record.ts';
import { readableRecord } from '../../views/readable-record.ts';
import { type GlobalOptions, openSettings, type Session, show, withSession } from '../session.ts';
import { manyLines, oneLine, paint } from '../terminal.ts';

interface LogOptions extends GlobalOptions {
  readonly follow?: boolean;
  readonly rebuild?: boolean;
  readonly limit: number;
}

/** More news than this between two looks is read in several goes. */
const batch = 1000;

export function addLog(program: Command, host: Host): void {
  program
    .command('log')
    .summary('what happened')
    .description('The newest entries of the journal, oldest first.')
    .option('-f, --follow', 'go on with what happens from now, until Ctrl-C; with --json one record a line')
    .option('-n, --limit <count>', 'how many records', parseInteger, 20)
    .option('--rebuild', 'write the readable log file anew from the whole journal, below its marker line')
    .addHelpText('after', examples('fed log', 'fed log -f', 'fed log -n 200 --json', 'fed log --rebuild'))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LogOptions>();
      if (options.rebuild === true) {
        const { file, entries } = await host.rebuildLog(openSettings(host, options));
        const result = { file, entries, next: `Read ${file}.` };
        show(host, options.json === true, result, () => `wrote ${entries} entries to ${file}`);
        return;
      }
      await withSession(host, command, async (session) => {
        const fault = await session.federation.logFault();
        if (fault !== null) host.err(`${warning(fault.message, fault.next, host)}\n`);
        await (options.follow === true ? follow(session, options.limit, host) : printNewest(session, options.limit));
      });
    });
}

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
