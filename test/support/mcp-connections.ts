/** Connections to one federation within this process, each with a real client or spoken to by hand. */
import { Client, InMemoryTransport as ClientSide } from '@modelcontextprotocol/client';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Authentication } from '../../src/mcp/authentication.ts';
import { Connection, type Service } from '../../src/mcp/connection.ts';
import { lazyFederation } from '../../src/mcp/lazy-federation.ts';
import { serveMessages } from '../../src/mcp/serve-messages.ts';
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import { tools } from '../../tools/index.ts';
import type { FederationOptions } from '../../src/federation.ts';
import { inMemory, type InMemory } from './in-memory.ts';
import { type ListedTool, type PersonAnswer, readAnswer, type ToolAnswer } from './mcp-clients.ts';

export type Era = 'modern' | 'legacy';
const modernRevision = '2026-07-28';

/** What connections of one process share, over a federation in memory. */
export async function makeService(
  config: Record<string, unknown> = {},
  more: Partial<FederationOptions> = {},
): Promise<InMemory & { service: Service }> {
  const memory = await inMemory(config, more);
  const { federation } = memory;
  onTestFinished(() => federation.close());
  const lazy = lazyFederation(async () => federation);
  await lazy.load();
  const nothing = async () => [];
  return {
    ...memory,
    service: {
      definitions: {
        tools,
        resources,
        prompts,
        completions: { agents: nothing, tasks: nothing, votes: nothing },
        instructions: '',
        version: '0.0.0',
      },
      federation: lazy,
      readConfig: async () => federation.config,
      coreOnly: false,
      log: { info: () => {}, warn: () => {}, error: () => {} },
    },
  };
}

/** A transport whose other end is served by this connection. */
function serve(connection: Connection): ClientSide {
  const [clientSide, serverSide] = ClientSide.createLinkedPair();
  const handle = serveMessages(connection, serverSide);
  onTestFinished(() => handle.close());
  return clientSide;
}

export interface ConnectedClient {
  readonly connection: Connection;
  readonly call: (tool: string, args?: Record<string, unknown>) => Promise<ToolAnswer>;
  readonly listTools: () => Promise<readonly ListedTool[]>;
  readonly watch: (uri: string, onUpdated: () => void) => Promise<void>;
}

export interface ClientOptions {
  readonly era?: Era;
  readonly clientName?: string;
  readonly onAsked?: (message: string) => PersonAnswer;
}

/** A client of the SDK. */
export async function connectTo(
  service: Service,
  authentication: Authentication,
  { era = 'modern', clientName = 'some-client', onAsked }: ClientOptions = {},
): Promise<ConnectedClient> {
  const connection = new Connection(service, authentication);
  const client = new Client(
    { name: clientName, version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'modern' ? { pin: modernRevision } : 'legacy' },
      capabilities: onAsked === undefined ? {} : { elicitation: { form: {} } },
    },
  );
  if (onAsked !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => ({ ...onAsked(params.message) }));
  }
  await client.connect(serve(connection));
  return {
    connection,
    call: async (name, args = {}) => readAnswer(await client.callTool({ name, arguments: args })),
    listTools: async () => (await client.listTools()).tools,
    watch: async (uri, onUpdated) => {
      client.setNotificationHandler('notifications/resources/updated', onUpdated);
      if (era === 'modern') await client.listen({ resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
  };
}

const withId = z.looseObject({ id: z.number() });

/** Spoken to message by message, under whatever name each of them gives. */
export async function speakTo(connection: Connection, era: Era) {
  const wire = serve(connection);
  const waiting = new Map<number, (answer: unknown) => void>();
  wire.onmessage = (message: JSONRPCMessage) => {
    const { success, data } = withId.safeParse(message);
    if (success) waiting.get(data.id)?.(data);
  };
  await wire.start();
  let id = 0;
  const request = async (method: string, params: object): Promise<z.infer<typeof withId>> => {
    id += 1;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    await wire.send({ jsonrpc: '2.0', id, method, params: { ...params } });
    return withId.parse(await answer);
  };
  const introduce = (name: string) =>
    request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name, version: '1' } });
  const call = async (clientName: string, tool: string, args: object = {}): Promise<ToolAnswer> => {
    if (era === 'legacy') await introduce(clientName);
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': modernRevision,
      'io.modelcontextprotocol/clientInfo': { name: clientName, version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { name: tool, arguments: args, ...(era === 'modern' ? { _meta } : {}) };
    return readAnswer((await request('tools/call', params))['result']);
  };
  return { call };
}
