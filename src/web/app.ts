/**
 * The HTTP server's routes. In front of each: security headers, the names under which the server is reached, the origin
 * of pages, the size of bodies. Without a token only `/healthz`, the sign-in page and its files answer.
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Federation } from '../federation.ts';
import { CallerError, StoreError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { exportPrometheus } from '../views/metrics-export.ts';
import type { TokenFile } from '../tokens/token-file.ts';
import { serveBoard } from './board.ts';
import { type Caller, Callers, checkHost, checkOrigin } from './callers.ts';
import { Latency } from './latency.ts';
import { asResponse, Refusal, refusalOf, tooMany, unknownPage } from './refusal.ts';
import { codePath, readJson } from './request.ts';
import { Streams } from './streams.ts';

export const mostBodyBytes = 1024 * 1024;
const mostStreams = { each: 250, all: 2_000 };

/** MCP, as this server sees it: who calls has been found out, and the body is JSON. */
export interface McpEndpoint {
  handle(request: Request, caller: Pick<Caller, 'token' | 'name' | 'readOnly'>, body: unknown): Promise<Response>;
  forget(token: string): Promise<void>;
  readonly sessions: number;
  /** Tokens that have a session in memory. */
  readonly tokens: ReadonlySet<string>;
}

export interface AppOptions {
  readonly federation: Federation;
  readonly folder: string;
  readonly tokens: TokenFile;
  readonly mcp: McpEndpoint;
  /** Names under which the server is reached. */
  readonly hosts: ReadonlySet<string>;
  /** Served with TLS. */
  readonly isSecure: boolean;
  /** Where the request came from. */
  readonly addressOf: (context: Context) => string;
  /** A cookie of this server: cookies know no ports. */
  readonly cookie: string;
  /** Told of what nobody expected. */
  readonly onTrouble: (error: unknown) => void;
}

export interface WebApp {
  readonly fetch: Hono['fetch'];
  readonly streams: Streams;
  /** Ends the streams and sessions of tokens that are no longer good. */
  readonly dropRevoked: () => Promise<void>;
  /** Ends every stream. */
  readonly close: () => void;
}

export function createApp(options: AppOptions): WebApp {
  const { federation, tokens, mcp, addressOf } = options;
  const callers = new Callers(tokens, options.cookie, federation.config.serve.requests_per_second);
  const streams = new Streams(mostStreams);
  const latency = new Latency();
  const app = new Hono();

  app.onError((error, context) => {
    const refusal = refusalOf(error);
    // A client that went away in the middle is no trouble of ours.
    if (refusal.status === 500 && errorCode(error) !== 'ECONNRESET') options.onTrouble(error);
    return asResponse(refusal, isMcp(context));
  });
  app.notFound((context) => asResponse(unknownPage(), isMcp(context)));

  app.use(async (context, next) => {
    const begun = performance.now();
    await next();
    latency.note(routeOf(context), context.res.status, (performance.now() - begun) / 1_000);
  });
  app.use(secureHeaders(headersOf(options.isSecure)));
  app.use(async (context, next) => {
    checkHost(context, options.hosts);
    if (context.req.path !== codePath) checkOrigin(context);
    await next();
    // Not `context.header`, which would make the answer anew.
    const { headers } = context.res;
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });
  app.use(async (context, next) => {
    // One that is revoked lets nobody in from the next request on, wherever it was revoked.
    if (mayNameToken(context)) await tokens.look();
    await next();
  });
  const limitStreamed = bodyLimit({
    maxSize: mostBodyBytes,
    onError: () => {
      throw tooLarge();
    },
  });
  app.use(async (context, next) => {
    // It is counted only where its length is not said: Node reads no more than what is.
    if (context.req.header('transfer-encoding') !== undefined) return await limitStreamed(context, next);
    if (Number(context.req.header('content-length') ?? 0) > mostBodyBytes) throw tooLarge();
    return await next();
  });

  const board = serveBoard(app, {
    federation,
    folder: options.folder,
    tokens,
    callers,
    addressOf,
    cookie: options.cookie,
    isSecure: options.isSecure,
    keep: (token, response) => kept(streams, token, response),
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    callers.bearer(context, addressOf(context));
    await federation.refresh();
    const { fault } = federation;
    if (fault !== null) throw new StoreError(fault.code, fault.message, fault.next);
    return context.json({ status: 'ok', seq: federation.seq });
  });
  app.get('/metrics', async (context) => {
    // A browser means the page of that name.
    if (context.req.header('authorization') === undefined && isForReading(context))
      return await board.metricsPage(context);
    callers.bearer(context, addressOf(context));
    await federation.refresh();
    const { config } = federation;
    const counted = exportPrometheus({ state: federation.state(), config, now: federation.now() });
    return context.text(`${counted}${own(federation, mcp, streams)}${latency.text()}`, 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
  app.all('/mcp', async (context) => {
    const caller = callers.bearer(context, addressOf(context));
    const { method } = context.req;
    if (!['GET', 'POST', 'DELETE'].includes(method)) throw wrongMethod('GET, POST, DELETE');
    const body = method === 'POST' ? await readJson(context) : undefined;
    const response = await mcp.handle(context.req.raw, caller, body);
    return kept(streams, caller.token, response);
  });

  return {
    fetch: app.fetch,
    streams,
    close: () => {
      board.close();
      streams.endAll();
    },
    dropRevoked: async () => {
      const held = new Set([...streams.tokens, ...mcp.tokens]);
      // Where they cannot be read, the next request says so.
      if (held.size > 0) await tokens.look().catch(() => undefined);
      for (const token of held) {
        if (isGood(tokens, token)) continue;
        streams.end(token);
        await mcp.forget(token);
      }
    },
  };
}

function mayNameToken({ req }: Context): boolean {
  return req.method === 'POST' || req.header('authorization') !== undefined || req.header('cookie') !== undefined;
}

function isGood(tokens: TokenFile, id: string): boolean {
  try {
    return tokens.isValid(id);
  } catch {
    // It cannot be read: the next request says so, and nobody is thrown out for it.
    return true;
  }
}

/** Only streams are kept: other answers have ended before a token could. */
function kept(streams: Streams, token: string, response: Response): Response {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response;
  if (streams.hasRoom(token)) return streams.keep(token, response);
  response.body?.cancel().catch(() => undefined);
  throw tooMany(10, `Too many streams are open with the token ${token}`);
}

function own(federation: Federation, mcp: McpEndpoint, streams: Streams): string {
  const gauge = (name: string, help: string, value: number): string =>
    `# HELP federation_${name} ${help}\n# TYPE federation_${name} gauge\nfederation_${name} ${value}\n`;
  return [
    gauge('journal_position', 'The newest record that was read.', federation.seq),
    gauge('read_only', 'Whether the store takes no changes, for a fault.', federation.fault === null ? 0 : 1),
    gauge('http_sessions', 'MCP sessions in memory.', mcp.sessions),
    gauge('http_streams', 'Streams that are open.', streams.count),
  ].join('');
}

function isMcp(context: Context): boolean {
  return context.req.path === '/mcp';
}

function isForReading(context: Context): boolean {
  return context.req.header('accept')?.includes('text/html') === true;
}

/** A path that somebody made up must not become a row of the metrics. */
function routeOf(context: Context): string {
  const [, first = ''] = context.req.path.split('/');
  return ['mcp', 'healthz', 'readyz', 'metrics', 'api', 'sign-in', 'assets'].includes(first) ? first : 'page';
}

function headersOf(isSecure: boolean): Parameters<typeof secureHeaders>[0] {
  return {
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: isSecure ? 'max-age=31536000' : false,
    xFrameOptions: 'DENY',
    // With `no-referrer` a browser hides the origin of its own forms, too.
    referrerPolicy: 'same-origin',
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  };
}

function wrongMethod(allowed: string): Refusal {
  const error = new CallerError('invalid', 'This address does not take that method', `Use ${allowed}.`);
  return new Refusal(405, error, { allow: allowed });
}

function tooLarge(): Refusal {
  // What is left of the body is not read, so the connection is of no more use.
  const error = new CallerError('invalid', 'The body is larger than 1 MiB', 'Send less at a time.');
  return new Refusal(413, error, { connection: 'close' });
}
