/** What one connection works with, shared by its tools, resources and prompts. */
import { CLIENT_INFO_META_KEY, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import {
  type PromptDefinition,
  readerOf,
  type ResourceDefinition,
  type ToolContext,
  type ToolDefinition,
} from '../define-tool.ts';
import type { Actor } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import type { Federation } from '../federation.ts';
import type { OpenQuestions } from './ask-person.ts';
import type { CompletionSources } from './completion.ts';
import type { Identity } from './identity.ts';
import type { LazyFederation } from './lazy-federation.ts';
import type { Log } from './log.ts';

export interface Definitions {
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** Names and ids beginning with what has been typed, for completion. */
  readonly completions: CompletionSources;
  /** Given to clients that show them to the model. */
  readonly instructions: string;
  readonly version: string;
}

export interface Connection {
  readonly server: McpServer;
  readonly definitions: Definitions;
  readonly federation: LazyFederation;
  readonly identity: Identity;
  /** The configuration alone, without loading the store: the list of tools depends on it where a name was given. */
  readonly readConfig: () => Promise<Config>;
  readonly coreOnly: boolean;
  readonly log: Log;
  readonly underWay: UnderWay;
  readonly questions: OpenQuestions;
}

/** Counts the calls that are being worked on, so that an ending process can let them settle. */
export class UnderWay {
  #count = 0;
  #settled: (() => void)[] = [];

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const settled of this.#settled) settled();
    this.#settled = [];
  }

  whenSettled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }
}

/**
 * The client's own name. Since the protocol of 2026 every request carries it;
 * before, it was said once, in the handshake.
 */
function clientName(server: McpServer, request: ServerContext['mcpReq']): string | null {
  if (request.envelope === undefined) return server.server.getClientVersion()?.name ?? null;
  const info: unknown = Reflect.get(request.envelope, CLIENT_INFO_META_KEY);
  if (typeof info !== 'object' || info === null || !('name' in info)) return null;
  return typeof info.name === 'string' ? info.name : null;
}

export function toolContext(connection: Connection, federation: Federation, context: ServerContext): ToolContext {
  const request = context.mcpReq;
  const actor = (): Actor => connection.identity.actor(federation.config, clientName(connection.server, request));
  return {
    federation,
    actor,
    reader: () => readerOf(actor),
    signal: request.signal,
    progress: reporter(request),
  };
}

const nobodyListens = async (): Promise<void> => {};

/** Progress goes only where it was asked for. A client that left is no reason to fail. */
function reporter(request: ServerContext['mcpReq']): ToolContext['progress'] {
  const progressToken = request._meta?.progressToken;
  if (progressToken === undefined) return nobodyListens;
  return async (progress, total, message) => {
    if (request.signal.aborted) return;
    const params = { progressToken, progress, total, message };
    await request.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}
