/** Listens, and ends in good order: what is in flight is finished, streams are ended, sessions are left for the next server. */
import { createServer as createHttp, type Server, STATUS_CODES } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { getConnInfo } from '@hono/node-server/conninfo';
import { getRequestListener } from '@hono/node-server';
import type { Federation } from '../federation.ts';
import { StoreError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { announceAddress, touchMs } from '../config/serve-address.ts';
import type { TokenFile } from '../tokens/token-file.ts';
import { createApp, type McpEndpoint } from './app.ts';
import { brokenRequest } from './refusal.ts';

export interface ServeOptions {
  readonly folder: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM; null: without TLS. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly federation: Federation;
  readonly tokens: TokenFile;
  readonly mcp: McpEndpoint;
  readonly onTrouble: (error: unknown) => void;
  /** Given by tests. */
  readonly patience?: Patience | undefined;
}

export interface RunningServer {
  readonly url: string;
  /** Takes nothing new, finishes what is in flight, ends the streams. */
  close(): Promise<void>;
}

/** Clients that send slowly keep a connection no longer than this, in milliseconds. */
export interface Patience {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How often it is looked for who is too slow. */
  readonly connectionsCheckingInterval: number;
}

const usualPatience: Patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };
const keepAliveTimeout = 65_000;
/** A stream of which nothing is taken for this long ends: what is kept for its reader would only grow. */
const longestStall = 60_000;
const mostConnections = 5_000;
const mostHeaderBytes = 16 * 1024;
/** How soon the streams of a revoked token end. */
const revokedMs = 250;
const savedMs = 60_000;
/** Long polls are answered within 50 s; a stop does not wait for them. */
const longestDrain = 8_000;

/** @throws StoreError `store-unavailable` where the port cannot be had. */
export async function serveWeb(options: ServeOptions): Promise<RunningServer> {
  const { federation, tokens, mcp, tls, host, folder } = options;
  const settings = { ...(options.patience ?? usualPatience), keepAliveTimeout, maxHeaderSize: mostHeaderBytes };
  const server = tls === null ? createHttp(settings) : createHttps({ ...settings, ...tls });
  server.maxConnections = mostConnections;
  server.on('clientError', answerBroken);
  await listen(server, options.port, host);
  const port = portOf(server);
  const app = createApp({
    federation,
    folder,
    tokens,
    mcp,
    hosts: namesOf(host, federation.config.serve.hosts),
    isSecure: tls !== null,
    addressOf: (context) => getConnInfo(context).remote.address ?? '',
    cookie: `federation_${port}`,
    onTrouble: options.onTrouble,
  });
  const listener = getRequestListener(app.fetch);
  server.on('request', (incoming, outgoing) => void listener(incoming, outgoing));

  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `http${tls === null ? '' : 's'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
  const announced = announceAddress(folder, url);
  const report = (work: Promise<void>): void => void work.catch(options.onTrouble);
  const timers = [
    setInterval(() => announced.touch(), touchMs),
    setInterval(() => report(app.dropRevoked()), revokedMs),
    setInterval(() => app.streams.endStalled(longestStall), longestStall / 4),
    setInterval(() => report(tokens.saveUses()), savedMs),
  ];
  for (const timer of timers) timer.unref();

  return {
    url,
    async close() {
      for (const timer of timers) clearInterval(timer);
      announced.end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      app.close();
      server.closeIdleConnections();
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const late = setTimeout(() => server.closeAllConnections(), longestDrain);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      await tokens.saveUses();
    },
  };
}

/** What is no request, or comes too slowly to become one: no route ever sees it. */
function answerBroken(error: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = brokenRequest(errorCode(error));
  const content = JSON.stringify(body.toBody());
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${content}`);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, () => resolve());
  });
}

function cannotListen(error: Error, host: string, port: number): StoreError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program uses it',
    EACCES: 'this user may not use it',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such name',
  };
  const reason = reasons[errorCode(error) ?? ''] ?? error.message;
  return new StoreError(
    'store-unavailable',
    `Cannot listen on ${host} port ${port}: ${reason}`,
    'Choose another with --port or --host.',
  );
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected the server to have a port, got none');
  return address.port;
}

/** Names as a URL's `hostname` has them. */
function namesOf(host: string, further: readonly string[]): ReadonlySet<string> {
  const own = host === '0.0.0.0' || host === '::' ? [] : [host.includes(':') ? `[${host}]` : host.toLowerCase()];
  return new Set(['localhost', '127.0.0.1', '[::1]', ...own, ...further]);
}
