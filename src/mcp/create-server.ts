/** One MCP server for one connection, made of plain definitions. */
import { McpServer } from '@modelcontextprotocol/server';
import { OpenQuestions } from './ask-person.ts';
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

/** `questions`: shared where one client's requests reach several servers; each its own otherwise. */
export type ServerParts = Omit<Connection, 'server' | 'questions'> & { readonly questions?: OpenQuestions };

export function createServer(parts: ServerParts, era: 'modern' | 'legacy'): ServedConnection {
  const { version, instructions } = parts.definitions;
  const server = new McpServer({ name: 'federation', title: 'Federation', version }, { instructions });
  const connection: Connection = { ...parts, server, questions: parts.questions ?? new OpenQuestions() };
  serveTools(connection);
  servePrompts(connection);
  serveCompletion(connection);
  const subscriptions = serveSubscriptions(connection, era, serveResources(connection));
  server.server.onclose = () => subscriptions.close();
  return { server, subscriptions };
}
