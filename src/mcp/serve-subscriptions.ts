/**
 * Tells a client that a resource it watches has changed, whichever process
 * made the change.
 *
 * Until the protocol of 2025 a client subscribes to one resource at a time,
 * and this connection keeps the set. Since 2026 it listens with a list, the
 * SDK keeps it and passes on only what is in it; here it is only noted which
 * resources were ever asked for, so that nobody's changes are not computed.
 */
import type { JSONRPCMessage, McpServer } from '@modelcontextprotocol/server';
import type { Federation, FederationChange } from '../federation.ts';
import type { Connection } from './connection.ts';
import type { Found } from './uri-template.ts';

/** Changes of this many milliseconds are told together: a burst is one notice for each resource. */
const gather = 20;
/** A client that keeps listening for new resources must not grow the process for ever. */
const mostWatched = 10_000;

export interface Subscriptions {
  /** A client of the 2026 protocol listens for these. */
  listen(uris: readonly string[]): void;
  close(): void;
}

export function serveSubscriptions(
  { server }: McpServer,
  { service }: Connection,
  era: 'modern' | 'legacy',
  findOrThrow: (uri: string) => Found,
): Subscriptions {
  const watched = new Set<string>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  let begun = false;
  let closed = false;

  const tell = (): void => {
    timer = undefined;
    const uris = [...changed];
    changed.clear();
    // Failing means the client is gone, which ends the connection by another way.
    for (const uri of uris) if (watched.has(uri)) server.sendResourceUpdated({ uri }).catch(() => {});
  };

  const onChange = (change: FederationChange, federation: Federation): void => {
    if (watched.size === 0) return;
    for (const resource of service.definitions.resources) {
      for (const uri of resource.changedBy(change, federation)) if (watched.has(uri)) changed.add(uri);
    }
    if (changed.size > 0) timer ??= setTimeout(tell, gather).unref();
  };

  const watch = (federation: Federation): void => {
    if (!closed) unsubscribe ??= federation.subscribe((change) => onChange(change, federation));
  };

  /** Watching needs the store; a failed load is told by the next call, and the watch begins when one succeeds. */
  const begin = (): void => {
    if (!begun) service.federation.whenLoaded(watch);
    begun = true;
    service.federation.load().catch(() => {});
  };

  const add = (uri: string): void => {
    if (watched.size < mostWatched) watched.add(uri);
  };

  if (era === 'legacy') {
    server.setRequestHandler('resources/subscribe', (request) => {
      findOrThrow(request.params.uri);
      add(request.params.uri);
      begin();
      return {};
    });
    server.setRequestHandler('resources/unsubscribe', (request) => {
      watched.delete(request.params.uri);
      return {};
    });
  }

  return {
    listen(uris) {
      if (era === 'legacy') return;
      for (const uri of uris) add(uri);
      if (uris.length > 0) begin();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      unsubscribe?.();
    },
  };
}

/** The resources that a `subscriptions/listen` asks for; null for every other message. */
export function listenedFor(message: JSONRPCMessage): readonly string[] | null {
  if (!('method' in message) || message.method !== 'subscriptions/listen') return null;
  const notifications: unknown = message.params?.['notifications'];
  if (typeof notifications !== 'object' || notifications === null) return null;
  if (!('resourceSubscriptions' in notifications)) return null;
  const uris = notifications.resourceSubscriptions;
  return Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : null;
}
