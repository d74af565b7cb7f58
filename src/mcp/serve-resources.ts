/**
 * Resources: what can be read, and watched. The static ones are listed;
 * templates are offered as templates, so that ten thousand tasks stay out of
 * every client's list.
 */
import { inTools } from '../domain/advice.ts';
import { type McpServer, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { ResourceDefinition } from '../define-tool.ts';
import { shown, shownJson } from '../domain/text.ts';
import type { Federation } from '../federation.ts';
import { asFederationError } from './answer.ts';
import { cardUri, listedCard, readCard, showsCards } from './cards.ts';
import type { Connection } from './connection.ts';
import { asProtocolError } from './protocol-error.ts';
import { quote } from '../arguments/quote.ts';
import { type Found, resourceFinder } from './uri-template.ts';

export function serveResources(mcpServer: McpServer, { service, underWay }: Connection): (uri: string) => Found {
  const { server } = mcpServer;
  const { federation: lazy, log } = service;
  const { resources } = service.definitions;
  const find = resourceFinder(resources);
  const findOrThrow = (uri: string): Found => {
    const found = find(uri);
    if (found === null) throw notFound(uri, resources);
    return found;
  };

  server.registerCapabilities({ resources: { subscribe: true } });
  server.setRequestHandler('resources/list', (_request, { mcpReq }) => ({
    resources: [
      ...resources
        .filter((resource) => !isTemplate(resource))
        .map((resource) => ({ uri: resource.uri, ...described(resource) })),
      ...(showsCards(mcpServer, mcpReq) ? [listedCard] : []),
    ],
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: resources.filter(isTemplate).map((resource) => ({
      uriTemplate: resource.uri,
      ...described(resource),
    })),
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    underWay.during(async () => {
      try {
        if (uri === cardUri) return readCard();
        const { resource, variables } = findOrThrow(uri);
        const federation = lazy.loaded ?? (await lazy.load());
        await federation.refresh();
        const value = await resource.read(variables, federation);
        return { contents: [{ uri, mimeType: resource.mimeType, text: render(resource, value, federation) }] };
      } catch (error) {
        if (error instanceof ResourceNotFoundError) throw error;
        const known = asFederationError(error, `reading ${quote(uri, 120)}`, log);
        if (known.code === 'not-found')
          throw new ResourceNotFoundError(uri, `${known.message}. ${inTools(known.next)}`);
        throw asProtocolError(known, uri, log, { uri });
      }
    }),
  );
  return findOrThrow;
}

function described(resource: ResourceDefinition) {
  const { name, title, description, mimeType } = resource;
  return { name, title, description, mimeType };
}

function isTemplate(resource: ResourceDefinition): boolean {
  return resource.uri.includes('{');
}

function render(resource: ResourceDefinition, value: unknown, federation: Federation): string {
  if (resource.mimeType !== 'application/json') return shown(String(value));
  const { fault } = federation;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return shownJson(JSON.stringify(fault !== null && isObject ? { ...value, warning: fault } : value));
}

function notFound(uri: string, resources: readonly ResourceDefinition[]): ResourceNotFoundError {
  const known = resources.map((resource) => resource.uri).join(', ');
  return new ResourceNotFoundError(uri, `Unknown resource ${quote(uri, 120)}. Available: ${known}`);
}
