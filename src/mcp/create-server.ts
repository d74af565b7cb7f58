/** One MCP server for one connection, made of plain definitions. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveCompletion } from './completion.ts';
import type { Connection } from './connection.ts';
import { servePrompts } from './serve-prompts.ts';
import { serveResources } from './serve-resources.ts';
import { type Subscriptions, serveSubscriptions } from './serve-subscriptions.ts';
import { serveTools } from './serve-tools.ts';

export interface ServedConnection {
  readonly server: McpServer;
  readonly subscriptions: Subscriptions;
}

export function createServer(parts: Omit<Connection, 'server'>, era: 'modern' | 'legacy'): ServedConnection {
  const { version, instructions } = parts.definitions;
  const server = new McpServer({ name: 'federation', title: 'Federation', version }, { instructions });
  const connection: Connection = { ...parts, server };
  serveTools(connection);
  servePrompts(connection);
  serveCompletion(connection);
  const subscriptions = serveSubscriptions(connection, era, serveResources(connection));
  server.server.onclose = () => subscriptions.close();
  return { server, subscriptions };
}
