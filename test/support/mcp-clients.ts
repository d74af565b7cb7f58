/**
 * The clients that every end-to-end suite runs against: the version 1 SDK, and
 * the version 2 SDK in both eras of the protocol, behind one interface.
 *
 *     describe.each(clientsUnderTest)('$name', ({ connect }) => { … });
 */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { expectKnownCalls } from './advice.ts';

export interface ServerCommand extends Client {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server that runs already, over HTTP. */
export interface RemoteServer extends Client {
  readonly url: string;
  readonly token: string;
}

interface Client {
  /** How the client introduces itself. */
  readonly clientName?: string;
  /** What the person in front of the client says to a question; absent: the client cannot ask. */
  readonly onAsked?: (message: string) => PersonAnswer;
}

export type PersonAnswer =
  | { readonly action: 'accept'; readonly content: Record<string, string> }
  | { readonly action: 'decline' | 'cancel' };

export interface ToolAnswer {
  readonly isError: boolean;
  /** The text, as a model without structured content sees it. */
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>>;
  /** What an error says; empty strings where there is none. */
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}

export interface CallOptions {
  readonly onProgress?: (progress: number, total: number | undefined, message: string | undefined) => void;
  readonly signal?: AbortSignal;
}

export interface ListedTool {
  readonly name: string;
  readonly [key: string]: unknown;
}

export interface McpClient {
  readonly pid: number | null;
  readonly instructions: string | undefined;
  /** What the server has written to standard error so far. */
  readonly stderr: () => string;
  readonly listTools: () => Promise<readonly ListedTool[]>;
  readonly callTool: (name: string, args?: Record<string, unknown>, options?: CallOptions) => Promise<ToolAnswer>;
  readonly listResources: () => Promise<readonly string[]>;
  readonly listResourceTemplates: () => Promise<readonly string[]>;
  readonly readResource: (uri: string) => Promise<{ readonly mimeType: string | undefined; readonly text: string }>;
  /** Gives the way to stop. */
  readonly watch: (uris: readonly string[], onUpdated: (uri: string) => void) => Promise<() => Promise<void>>;
  readonly listPrompts: () => Promise<readonly string[]>;
  readonly getPrompt: (name: string, args?: Record<string, string>) => Promise<string>;
  readonly completePrompt: (prompt: string, argument: string, typed: string) => Promise<readonly string[]>;
  readonly completeResource: (template: string, variable: string, typed: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface ClientUnderTest {
  readonly name: string;
  readonly era: 'legacy' | 'modern';
  readonly connect: (server: ServerCommand | RemoteServer) => Promise<McpClient>;
}

export const clientsUnderTest: readonly ClientUnderTest[] = [
  { name: 'SDK 1 client', era: 'legacy', connect: connectVersion1 },
  { name: 'SDK 2 client, protocol of 2025', era: 'legacy', connect: (server) => connectVersion2(server, 'legacy') },
  { name: 'SDK 2 client, protocol of 2026', era: 'modern', connect: (server) => connectVersion2(server, 'modern') },
];

const modernRevision = '2026-07-28';
const defaultClientName = 'claude-code';

const toolAnswer = z.looseObject({
  isError: z.boolean().default(false),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).default({}),
});

const errorBody = z.object({ code: z.string(), message: z.string(), next: z.string() });
const noError = { code: '', message: '', next: '' };

export function readAnswer(result: unknown): ToolAnswer {
  const { isError, content, structuredContent } = toolAnswer.parse(result);
  const error = isError ? errorBody.parse(structuredContent['error']) : noError;
  expectKnownCalls(error.next);
  expectKnownCalls(z.string().catch('').parse(structuredContent['next']));
  return {
    isError,
    text: content.map((part) => part.text ?? '').join('\n'),
    structured: structuredContent,
    error,
  };
}

const resourceContents = z.looseObject({
  contents: z.array(z.looseObject({ mimeType: z.string().optional(), text: z.string() })).min(1),
});

function readContents(result: unknown): { mimeType: string | undefined; text: string } {
  const [first] = resourceContents.parse(result).contents;
  return { mimeType: first?.mimeType, text: first?.text ?? '' };
}

const promptMessages = z.looseObject({
  messages: z.array(z.looseObject({ content: z.looseObject({ text: z.string() }) })),
});

function readPrompt(result: unknown): string {
  return promptMessages
    .parse(result)
    .messages.map((message) => message.content.text)
    .join('\n');
}

function parametersOf({ command, args, env, cwd }: ServerCommand) {
  return {
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr: 'pipe' as const,
    ...(cwd !== undefined && { cwd }),
  };
}

function addressOf({ url, token }: RemoteServer): [URL, { requestInit: RequestInit }] {
  return [new URL('/mcp', url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }];
}

/** What only a program that was started has. */
function processOf(transport: object): { pid: number | null; stderr: () => string } {
  if (!(transport instanceof Stdio1) && !(transport instanceof Stdio2)) return { pid: null, stderr: () => '' };
  return { pid: transport.pid, stderr: gather(transport.stderr) };
}

function gather(stream: { on(event: 'data', listener: (chunk: unknown) => void): unknown } | null): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += String(chunk);
  });
  return () => text;
}

function requestOptions({ onProgress, signal }: CallOptions) {
  return {
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && {
      onprogress: (told: { progress: number; total?: number | undefined; message?: string | undefined }) =>
        onProgress(told.progress, told.total, told.message),
    }),
  };
}

/** Listeners by resource, since a client has one handler for all. */
class Watchers {
  readonly #listeners = new Set<{ readonly uris: ReadonlySet<string>; readonly onUpdated: (uri: string) => void }>();

  tell(uri: string): void {
    for (const { uris, onUpdated } of this.#listeners) if (uris.has(uri)) onUpdated(uri);
  }

  add(uris: readonly string[], onUpdated: (uri: string) => void): () => void {
    const listener = { uris: new Set(uris), onUpdated };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

async function connectVersion1(server: ServerCommand | RemoteServer): Promise<McpClient> {
  const { onAsked } = server;
  const client = new Client1(
    { name: server.clientName ?? defaultClientName, version: '1.0.0' },
    { capabilities: onAsked === undefined ? {} : { elicitation: {} } },
  );
  if (onAsked !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({ ...onAsked(params.message) }));
  }
  const transport = 'url' in server ? new Http1(...addressOf(server)) : new Stdio1(parametersOf(server));
  const watchers = new Watchers();
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => watchers.tell(params.uri));
  const { stderr } = processOf(transport);
  await client.connect(transport);
  return {
    pid: processOf(transport).pid,
    instructions: client.getInstructions(),
    stderr,
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args = {}, options = {}) =>
      readAnswer(await client.callTool({ name, arguments: args }, undefined, requestOptions(options))),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listResourceTemplates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    readResource: async (uri) => readContents(await client.readResource({ uri })),
    watch: async (uris, onUpdated) => {
      const forget = watchers.add(uris, onUpdated);
      for (const uri of uris) await client.subscribeResource({ uri });
      return async () => {
        forget();
        for (const uri of uris) await client.unsubscribeResource({ uri });
      };
    },
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    getPrompt: async (name, args = {}) => readPrompt(await client.getPrompt({ name, arguments: args })),
    completePrompt: async (name, argument, value) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } })).completion
        .values,
    completeResource: async (uri, variable, value) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name: variable, value } })).completion
        .values,
    close: async () => {
      // As a client does that ends in good order; what it holds goes back.
      if ('terminateSession' in transport) await transport.terminateSession();
      await client.close();
    },
  };
}

async function connectVersion2(server: ServerCommand | RemoteServer, era: 'legacy' | 'modern'): Promise<McpClient> {
  const { onAsked } = server;
  const client = new Client2(
    { name: server.clientName ?? defaultClientName, version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'modern' ? { pin: modernRevision } : 'legacy' },
      capabilities: onAsked === undefined ? {} : { elicitation: { form: {} } },
    },
  );
  if (onAsked !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => ({ ...onAsked(params.message) }));
  }
  const transport = 'url' in server ? new Http2(...addressOf(server)) : new Stdio2(parametersOf(server));
  const watchers = new Watchers();
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => watchers.tell(params.uri));
  const { stderr } = processOf(transport);
  await client.connect(transport);

  const listen = async (uris: readonly string[]) => {
    const subscription = await client.listen({ resourceSubscriptions: [...uris] });
    return () => subscription.close();
  };
  const subscribe = async (uris: readonly string[]) => {
    for (const uri of uris) await client.subscribeResource({ uri });
    return async () => {
      for (const uri of uris) await client.unsubscribeResource({ uri });
    };
  };

  return {
    pid: processOf(transport).pid,
    instructions: client.getInstructions(),
    stderr,
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args = {}, options = {}) =>
      readAnswer(await client.callTool({ name, arguments: args }, requestOptions(options))),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listResourceTemplates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    readResource: async (uri) => readContents(await client.readResource({ uri })),
    watch: async (uris, onUpdated) => {
      const forget = watchers.add(uris, onUpdated);
      const stop = await (era === 'modern' ? listen(uris) : subscribe(uris));
      return async () => {
        forget();
        await stop();
      };
    },
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    getPrompt: async (name, args = {}) => readPrompt(await client.getPrompt({ name, arguments: args })),
    completePrompt: async (name, argument, value) =>
      (await client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } })).completion
        .values,
    completeResource: async (uri, variable, value) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name: variable, value } })).completion
        .values,
    close: async () => {
      // As a client does that ends in good order; what it holds goes back.
      if ('terminateSession' in transport) await transport.terminateSession();
      await client.close();
    },
  };
}
