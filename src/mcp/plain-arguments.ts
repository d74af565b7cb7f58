/** Models leave `arguments` out in several ways, and write them as text: what can be meant in one way only is taken so. */
import type { JSONRPCMessage } from '@modelcontextprotocol/server';

const called: ReadonlySet<string> = new Set(['tools/call', 'prompts/get']);

/** The message as the SDK expects it, which refuses `arguments` that are no object before any handler sees them. */
export function withPlainArguments(message: JSONRPCMessage): JSONRPCMessage {
  if (!('method' in message) || !called.has(message.method)) return message;
  const given = message.params?.['arguments'];
  if (given !== null && typeof given !== 'string') return message;
  return { ...message, params: { ...message.params, arguments: plain(given) } };
}

function plain(given: string | null): unknown {
  if (given === null || given.trim() === '') return {};
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
