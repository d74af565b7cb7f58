/** What a tool or prompt works with, for one request of a connection. */
import { CLIENT_INFO_META_KEY, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { readerOf, type ToolContext } from '../define-tool.ts';
import type { Actor } from '../domain/commands.ts';
import type { Federation } from '../federation.ts';
import type { Connection } from './connection.ts';

type Request = ServerContext['mcpReq'];

/**
 * The client's own name. Since the protocol of 2026 every request carries it;
 * before, it was said once, in the handshake.
 */
export function clientName(server: McpServer, request: Request): string | null {
  if (request.envelope === undefined) return server.server.getClientVersion()?.name ?? null;
  const info: unknown = Reflect.get(request.envelope, CLIENT_INFO_META_KEY);
  if (typeof info !== 'object' || info === null || !('name' in info)) return null;
  return typeof info.name === 'string' ? info.name : null;
}

export function toolContext(connection: Connection, federation: Federation, request: Request): ToolContext {
  const actor = (): Actor => connection.actor(federation.config);
  return {
    federation,
    actor,
    reader: () => readerOf(actor),
    readOnly: connection.authentication.readOnly,
    signal: request.signal,
    progress: reporter(request),
  };
}

const nobodyListens = async (): Promise<void> => {};

/** Progress goes only where it was asked for. A client that left is no reason to fail. */
function reporter(request: Request): ToolContext['progress'] {
  const progressToken = request._meta?.progressToken;
  if (progressToken === undefined) return nobodyListens;
  return async (progress, total, message) => {
    if (request.signal.aborted) return;
    const params = { progressToken, progress, total, message };
    await request.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}
