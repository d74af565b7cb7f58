/**
 * A whole server process on standard input and output: serves both eras of
 * the protocol until the client is gone, gives back what it held, and ends,
 * whatever timers and watchers are still alive.
 */
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Config } from '../config/schema.ts';
import type { Federation } from '../federation.ts';
import { type Definitions, UnderWay } from './connection.ts';
import { createServer, type ServedConnection } from './create-server.ts';
import { createIdentity, type Identity } from './identity.ts';
import { lazyFederation } from './lazy-federation.ts';
import { LineTransport } from './line-transport.ts';
import type { FlushableLog } from './log.ts';
import { listenedFor } from './serve-subscriptions.ts';

export interface StdioOptions {
  readonly definitions: Definitions;
  /** `--tools core`. */
  readonly coreOnly: boolean;
  /** `--as` or `FEDERATION_AGENT`; null: the client's own name decides. */
  readonly named: string | null;
  /** Names this process in leases and presence: random, never a pid. */
  readonly session: string;
  /** Called at the first call that needs it, and again after it failed. */
  readonly open: () => Promise<Federation>;
  /** The configuration alone; asked only where a name was given, and not where the federation is loaded. */
  readonly readConfig: () => Promise<Config>;
  readonly log: FlushableLog;
}

/**
 * Clients wait 2 s after closing standard input before SIGTERM, and 2 s more
 * before SIGKILL; what is not done by then would be cut off anyway.
 */
const longestEnding = 3_500;
/** For calls that were being worked on: their abort signal has been given. */
const longestSettling = 1_000;

/** Resolves with the exit code once the client is gone and everything is given back; the caller ends the process. */
export async function runStdio(options: StdioOptions): Promise<number> {
  const { log } = options;
  const federation = lazyFederation(options.open);
  const identity = createIdentity(options.named, options.session);
  const underWay = new UnderWay();
  let current: ServedConnection | undefined;
  /** What was listened for before there was a server to tell. */
  const listened: string[] = [];

  let end: (code: number) => void = () => {};
  const gone = new Promise<number>((resolve) => {
    end = resolve;
  });
  const transport = new LineTransport({
    input: process.stdin,
    output: process.stdout,
    onGone: () => end(0),
    onIncoming: (message) => {
      const uris = listenedFor(message);
      if (uris === null) return;
      if (current === undefined) listened.push(...uris);
      else current.subscriptions.listen(uris);
    },
  });
  const handle = serveStdio(
    ({ era }) => {
      const { definitions, coreOnly, readConfig } = options;
      current = createServer({ definitions, federation, identity, readConfig, coreOnly, log, underWay }, era);
      current.subscriptions.listen(listened.splice(0));
      return current.server;
    },
    { transport, onerror: (error) => log.warn({ reason: error.message }, 'the client sent something unusable') },
  );
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  // A mistake in one call must not take the others down, but a process in doubt about itself ends in good order.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unnoticed'));
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an error escaped; ending');
    end(1);
  });

  const code = await gone;
  await within(longestEnding, async () => {
    await handle.close();
    await within(longestSettling, () => underWay.whenSettled());
    await federation
      .close((open) => giveBack(open, identity))
      .catch((error: unknown) => {
        log.error({ err: error }, 'the session did not end in good order');
      });
    await log.flush();
    await drained();
  });
  return code;
}

/** An orderly end is not a failed attempt: what was claimed here is ready again at once. */
async function giveBack(federation: Federation, identity: Identity): Promise<void> {
  const actor = identity.last;
  // Nobody was ever identified: nothing can have been claimed.
  if (actor === null || actor.session === null) return;
  await federation.execute('end_session', { session: actor.session }, actor);
}

/** Output to a pipe is written later than `write` returns, and lost where the process ends before. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.destroyed || !process.stdout.writable) resolve();
    else process.stdout.write('', () => resolve());
  });
}

async function within(limit: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([work(), late]);
  clearTimeout(timer);
}
