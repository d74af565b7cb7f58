/** Completion of names and ids, for arguments of prompts and variables of resources. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { CompletionSource } from '../define-tool.ts';
import type { Connection } from './connection.ts';
import { quote } from '../arguments/quote.ts';

/** The protocol allows no more in one answer. */
const longestAnswer = 100;

export function serveCompletion({ server }: McpServer, { service }: Connection): void {
  const { prompts, resources, completions } = service.definitions;

  /** `undefined`: there is no such thing; `null`: nothing to complete there. */
  const sourceOf = (ref: { type: string; name?: string; uri?: string }, argument: string): CompletionSource | null => {
    if (ref.type === 'ref/prompt') {
      const prompt = prompts.find((candidate) => candidate.name === ref.name);
      if (prompt === undefined) throw unknown('prompt', ref.name);
      return prompt.arguments.find((candidate) => candidate.name === argument)?.completes ?? null;
    }
    const resource = resources.find((candidate) => candidate.uri === ref.uri);
    if (resource === undefined) throw unknown('resource', ref.uri);
    return resource.completes?.variable === argument ? resource.completes.from : null;
  };

  server.registerCapabilities({ completions: {} });
  server.setRequestHandler('completion/complete', async (request) => {
    const { ref, argument } = request.params;
    const source = sourceOf(ref, argument.name);
    if (source === null) return { completion: { values: [], total: 0, hasMore: false } };
    const federation = await service.federation.load();
    await federation.refresh();
    const found = await completions[source](argument.value, federation);
    const values = found.slice(0, longestAnswer);
    return { completion: { values, total: found.length, hasMore: found.length > values.length } };
  });
}

function unknown(what: string, name: string | undefined): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown ${what} ${quote(name)}`);
}
