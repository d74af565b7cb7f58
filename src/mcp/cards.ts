/**
 * Tools whose result clients may show as a card: the extension MCP Apps. The card is one file, the same for every tool;
 * what it shows is the tool's result, which other clients get as text. Who does not announce the extension hears
 * nothing of it: lists of tools cost their readers.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getUiCapability, RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/server';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { StoreError } from '../domain/errors.ts';
import { builtFolder } from '../files/built-folder.ts';

export const cardUri = 'ui://federation/card';

/** Nothing is fetched from anywhere, and nothing of the machine is used. */
const view = { ui: { prefersBorder: true } };

/** As the client announced it: once, or since 2026 with each request. */
export function clientCapabilities(
  server: McpServer,
  request: ServerContext['mcpReq'],
): ClientCapabilities | undefined {
  if (request.envelope === undefined) return server.server.getClientCapabilities();
  const capabilities: unknown = Reflect.get(request.envelope, CLIENT_CAPABILITIES_META_KEY);
  return typeof capabilities === 'object' && capabilities !== null ? { ...capabilities } : undefined;
}

export function showsCards(server: McpServer, request: ServerContext['mcpReq']): boolean {
  const mimeTypes: unknown = getUiCapability(clientCapabilities(server, request))?.mimeTypes;
  return Array.isArray(mimeTypes) && mimeTypes.includes(RESOURCE_MIME_TYPE);
}

/** What a tool's entry says of its card. */
export const cardOfTool = { ui: { resourceUri: cardUri } };

export const listedCard = {
  uri: cardUri,
  name: 'card',
  title: 'Inbox or vote',
  description: 'What list_inbox and get_vote give, as a card with buttons.',
  mimeType: RESOURCE_MIME_TYPE,
  _meta: view,
};

/** @throws StoreError where the file is missing from this installation. */
export function readCard() {
  const folder = builtFolder();
  if (folder === null) {
    const reason = 'The card is missing from this installation';
    throw new StoreError('store-unavailable', reason, 'Install it again, or run npm run build.');
  }
  const text = readFileSync(join(folder, 'card.html'), 'utf8');
  return { contents: [{ uri: cardUri, mimeType: RESOURCE_MIME_TYPE, text, _meta: view }] };
}
