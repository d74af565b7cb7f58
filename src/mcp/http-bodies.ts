/** What the server reads in the body of a request before the SDK does. */
import { CLIENT_INFO_META_KEY, isInitializeRequest, type JSONRPCMessage } from '@modelcontextprotocol/server';
import type { Begun } from './http-sessions.ts';
import { withPlainArguments } from './plain-arguments.ts';

/** The messages of a body: one, or a batch. */
function messagesIn(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

export function initializeIn(body: unknown): Omit<Begun, 'token'> | null {
  const found = messagesIn(body).find((message) => isInitializeRequest(message));
  if (found === undefined || !isInitializeRequest(found)) return null;
  const { protocolVersion: protocol, clientInfo, capabilities } = found.params;
  return {
    protocol,
    client: { name: clientInfo.name, version: clientInfo.version },
    capabilities: { ...capabilities },
  };
}

export function methodOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'method' in body ? body.method : null;
}

/** The name by which the client introduces itself in each request since 2026. */
export function clientIn(body: unknown): string | null {
  let value: unknown = body;
  for (const name of ['params', '_meta', CLIENT_INFO_META_KEY, 'name']) {
    if (typeof value !== 'object' || value === null) return null;
    value = Reflect.get(value, name);
  }
  return typeof value === 'string' ? value.slice(0, 100) : null;
}

export function plain(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(plain);
  return isMessage(body) ? withPlainArguments(body) : body;
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
}
