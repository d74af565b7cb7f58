/**
 * A whole server process on standard input and output: serves both eras of
 * the protocol until the client is gone, gives back what it held, and ends,
 * whatever timers and watchers are still alive.
 */
import type { Config } from '../config/schema.ts';
import type { Federation } from '../federation.ts';
import type { Authentication } from './authentication.ts';
import { Connection } from './connection.ts';
import type { Definitions } from './definitions.ts';
import { lazyFederation } from './lazy-federation.ts';
import { LineTransport } from './line-transport.ts';
import type { FlushableLog } from './log.ts';
import { serveMessages } from './serve-messages.ts';
import { within } from './within.ts';

export interface StdioOptions {
  readonly definitions: Definitions;
  /** `--tools core`. */
  readonly coreOnly: boolean;
  /** Who is at the other end. */
  readonly authentication: Authentication;
  /** Called at the first call that needs it, and again after it failed. */
  readonly open: () => Promise<Federation>;
  /** Imports what `open` needs; called when the client has been given the list of tools. */
  readonly readProgram: () => Promise<unknown>;
  /** The configuration alone; asked only where a name was given, and not where the federation is loaded. */
  readonly readConfig: () => Promise<Config>;
  readonly log: FlushableLog;
}

/**
 * Clients wait 2 s after closing standard input before SIGTERM, and 2 s more
 * before SIGKILL; what is not done by then would be cut off anyway.
 */
const longestEnding = 3_500;

/** Resolves with the exit code once the client is gone and everything is given back; the caller ends the process. */
export async function runStdio(options: StdioOptions): Promise<number> {
  const { definitions, coreOnly, readConfig, log } = options;
  const federation = lazyFederation(options.open, options.readProgram);
  const connection = new Connection({ definitions, federation, readConfig, coreOnly, log }, options.authentication);

  let end: (code: number) => void = () => {};
  const gone = new Promise<number>((resolve) => {
    end = resolve;
  });
  const transport = new LineTransport({ input: process.stdin, output: process.stdout, onGone: () => end(0) });
  const handle = serveMessages(connection, transport);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  // A mistake in one call must not take the others down, but a process in doubt about itself ends in good order.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught exception; shutting down');
    end(1);
  });

  const code = await gone;
  await within(longestEnding, async () => {
    await handle.close();
    const complain = (error: unknown): void => log.error({ err: error }, 'the session did not end cleanly');
    await connection.end().catch(complain);
    await federation.close().catch(complain);
    await log.flush();
    await drained();
  });
  return code;
}

/** Output to a pipe is written later than `write` returns, and lost where the process ends before. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.destroyed || !process.stdout.writable) resolve();
    else process.stdout.write('', () => resolve());
  });
}
