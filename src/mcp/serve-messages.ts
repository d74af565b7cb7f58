/** Serves a connection whose messages come one after the other, in the era of the protocol that its client opens. */
import type { Transport } from '@modelcontextprotocol/server';
import { serveStdio, type StdioServerHandle } from '@modelcontextprotocol/server/stdio';
import type { Connection } from './connection.ts';
import { createServer, type ServedConnection } from './create-server.ts';
import { withPlainArguments } from './plain-arguments.ts';
import { listenedFor } from './serve-subscriptions.ts';

export function serveMessages(connection: Connection, transport: Transport): StdioServerHandle {
  let current: ServedConnection | undefined;
  /** What was listened for before there was a server to tell. */
  const listened: string[] = [];
  const handle = serveStdio(
    ({ era }) => {
      current = createServer(connection, era);
      current.subscriptions.listen(listened.splice(0));
      return current.server;
    },
    {
      transport,
      onerror: ({ message }) => connection.service.log.warn({ reason: message }, 'the client sent an invalid message'),
    },
  );
  // The SDK answers `subscriptions/listen` itself: no handler of the server sees it.
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => {
    const uris = listenedFor(message) ?? [];
    if (current === undefined) listened.push(...uris);
    else current.subscriptions.listen(uris);
    onmessage?.(withPlainArguments(message), extra);
  };
  return handle;
}
