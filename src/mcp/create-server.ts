/** One MCP server for a connection, made of plain definitions. */
import { McpServer } from '@modelcontextprotocol/server';
import { answersUnchecked } from './answers-unchecked.ts';
import type { Connection } from './connection.ts';
import { serveCompletion } from './completion.ts';
import { servePrompts } from './serve-prompts.ts';
import { serveResources } from './serve-resources.ts';
import { type Subscriptions, serveSubscriptions } from './serve-subscriptions.ts';
import { serveTools } from './serve-tools.ts';

export interface ServedConnection {
  readonly server: McpServer;
  readonly subscriptions: Subscriptions;
}

export function createServer(connection: Connection, era: 'modern' | 'legacy'): ServedConnection {
  const { version, instructions } = connection.service.definitions;
  // Clients of the protocol up to 2025 may set a level for log messages, of which this server sends none.
  const capabilities = era === 'legacy' ? { logging: {} } : {};
  const server = new McpServer(
    { name: 'federation', title: 'Federation', version },
    { instructions, capabilities, jsonSchemaValidator: answersUnchecked },
  );
  serveTools(server, connection);
  servePrompts(server, connection);
  serveCompletion(server, connection);
  const subscriptions = serveSubscriptions(server, connection, era, serveResources(server, connection));
  connection.watches.add(subscriptions);
  server.server.onclose = () => {
    connection.watches.delete(subscriptions);
    subscriptions.close();
  };
  return { server, subscriptions };
}
