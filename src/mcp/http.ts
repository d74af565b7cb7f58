/**
 * MCP over HTTP, both eras, for many clients at once. Who calls was found out
 * before, from the token of each request; nothing in a message says it.
 *
 * Since the protocol of 2026 each request stands for itself: those of one token
 * and one client program share a connection, and with it a session. Before, a
 * client begins a session and names it in each request.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Federation, FederationChange } from '../federation.ts';
import { tokenAuthentication } from './authentication.ts';
import { Connection, type Service } from './connection.ts';
import { createServer } from './create-server.ts';
import { type Held, HeldConnections } from './held-connections.ts';
import { clientIn, initializeIn, methodOf, plain } from './http-bodies.ts';
import { type Begun, SessionIds } from './http-sessions.ts';

/** Who calls, as the token of the request says. */
export interface HttpCaller {
  /** The token's id, not its secret. */
  readonly token: string;
  readonly name: string;
  readonly readOnly: boolean;
}

export interface HttpEndpoint {
  /** Takes up what clients of an earlier server process hold; once, when the federation is open. */
  begin(federation: Federation): void;
  /** `body`: of a POST, parsed. The answer's stream, where it is one, is the caller's to watch. */
  handle(request: Request, caller: HttpCaller, body: unknown): Promise<Response>;
  /** The token is no longer good: its connections end, and give back what they hold. */
  forget(token: string): Promise<void>;
  /** How many sessions are in memory, and whose. */
  readonly sessions: number;
  readonly tokens: ReadonlySet<string>;
  /** Lets what is in flight finish. Sessions rest: the next server goes on with them. */
  close(): Promise<void>;
}

export interface HttpOptions {
  /** Signs session ids; kept, so that they outlive the process. */
  readonly key: Uint8Array;
  /** The most that a body may have; told to the SDK, which would take more. */
  readonly mostBytes: number;
  /** A monotonic clock in milliseconds, and how often silence is looked for; given by tests. */
  readonly now?: () => number;
  readonly sweepMs?: number;
}

/** A notice at least this often on each stream, so that a client that is gone is noticed. */
const keepAliveMs = 15_000;

export function serveHttp(service: Service, options: HttpOptions): HttpEndpoint {
  return new Endpoint(service, options);
}

class Endpoint implements HttpEndpoint {
  readonly #service: Service;
  readonly #ids: SessionIds;
  readonly #mostBytes: number;
  readonly #modern: McpHttpHandler;
  readonly #held: HeldConnections;
  /** Sessions that are being begun again. */
  readonly #resuming = new Map<string, Promise<Held>>();
  #listeners = 0;
  #unsubscribe: (() => void) | null = null;
  #closed = false;

  constructor(service: Service, { key, mostBytes, now, sweepMs }: HttpOptions) {
    this.#service = service;
    this.#ids = new SessionIds(key);
    this.#mostBytes = mostBytes;
    this.#held = new HeldConnections(service, { now, sweepMs, onTrouble: this.#complain });
    this.#modern = createMcpHandler(
      ({ authInfo }) => {
        const held = this.#held.get(authInfo?.clientId ?? '');
        if (held === undefined) throw new Error('Expected the connection of a request to be there, got none');
        return createServer(held.connection, 'modern').server;
      },
      {
        legacy: 'reject',
        keepAliveMs,
        maxSubscriptions: 2_000,
        maxRequestBodySize: mostBytes,
        onerror: this.#complain,
      },
    );
  }

  get sessions(): number {
    return this.#held.size;
  }

  get tokens(): ReadonlySet<string> {
    return this.#held.tokens;
  }

  begin(federation: Federation): void {
    this.#held.adopt(federation);
    this.#unsubscribe = federation.subscribe((change) => this.#publish(change, federation));
  }

  async handle(request: Request, caller: HttpCaller, body: unknown): Promise<Response> {
    if (this.#closed) return refused(503, 'The server is shutting down. Try again in a moment.');
    if (request.method === 'POST' && !(await isLegacyRequest(request, body, { maxRequestBodySize: this.#mostBytes }))) {
      return await this.#serveModern(request, caller, body);
    }
    return await this.#serveLegacy(request, caller, body);
  }

  async #serveModern(request: Request, caller: HttpCaller, body: unknown): Promise<Response> {
    const client = clientIn(body);
    const key = JSON.stringify([caller.token, client]);
    const held = this.#held.get(key) ?? this.#held.keep(key, this.#stateless(caller, client ?? ''));
    const isListening = methodOf(body) === 'subscriptions/listen';
    return await this.#during(held, isListening, () =>
      this.#modern.fetch(request, {
        authInfo: { token: '', clientId: key, scopes: [] },
        parsedBody: plain(body),
      }),
    );
  }

  #stateless(caller: HttpCaller, client: string): Held {
    const connection = this.#connection(caller, this.#ids.session('modern', caller.token, client));
    return { connection, token: caller.token, transport: null, close: async () => {}, heardAt: 0, open: 0 };
  }

  async #serveLegacy(request: Request, caller: HttpCaller, body: unknown): Promise<Response> {
    if (initializeIn(body) !== null) return await this.#initialize(request, caller, body);
    const id = request.headers.get('mcp-session-id');
    if (id === null) {
      if (request.method === 'GET') return refused(405, 'Begin a session with initialize first.');
      return refused(400, 'Expected the header Mcp-Session-Id. Begin a session with initialize first.');
    }
    const begun = this.#ids.read(id);
    // Another's session is as unknown as one that never was.
    if (begun === null || begun.token !== caller.token) return refused(404, 'Session not found', -32_001);
    const held = this.#held.get(id) ?? (await this.#resume(id, begun, caller));
    const { transport } = held;
    if (transport === null) throw new Error('Expected a session to have a transport, got none');
    // A client that comes back need not wait until its old stream is found to be dead.
    if (request.method === 'GET') transport.closeStandaloneSSEStream();
    return await this.#during(held, false, () => transport.handleRequest(request, { parsedBody: plain(body) }));
  }

  /** A stale id that comes along means nothing: the session begins anew. */
  async #initialize(request: Request, caller: HttpCaller, body: unknown): Promise<Response> {
    const begun = initializeIn(body);
    if (begun === null) throw new Error('Expected an initialize request, got another');
    const id = this.#ids.make({ token: caller.token, ...begun });
    const held = this.#held.keep(id, await this.#session(id, caller));
    const headers = new Headers(request.headers);
    headers.delete('mcp-session-id');
    const bare = new Request(request.url, { method: 'POST', headers });
    return await this.#during(held, false, async () => {
      const response = await held.transport?.handleRequest(bare, { parsedBody: plain(body) });
      if (response === undefined || !response.ok) this.#held.delete(id);
      return response ?? refused(500, 'The session could not begin.');
    });
  }

  async #session(id: string, caller: HttpCaller): Promise<Held> {
    const connection = this.#connection(caller, this.#ids.session('legacy', id));
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      keepAliveMs,
      maxRequestBodySize: this.#mostBytes,
      onsessionclosed: async () => {
        this.#held.delete(id);
        await connection.end();
      },
    });
    transport.onerror = this.#complain;
    const { server } = createServer(connection, 'legacy');
    await server.connect(transport);
    return { connection, token: caller.token, transport, close: () => server.close(), heardAt: 0, open: 0 };
  }

  /** Says again what the client said when it began, so that the protocol's own state is as it was. */
  #resume(id: string, begun: Begun, caller: HttpCaller): Promise<Held> {
    const under = this.#resuming.get(id);
    if (under !== undefined) return under;
    const again = async (): Promise<Held> => {
      const held = await this.#session(id, caller);
      const say = async (message: object): Promise<void> => {
        const headers = {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-session-id': id,
        };
        const request = new Request('http://localhost/mcp', { method: 'POST', headers });
        await (await held.transport?.handleRequest(request, { parsedBody: { jsonrpc: '2.0', ...message } }))?.text();
      };
      const { protocol, capabilities, client } = begun;
      const params = { protocolVersion: protocol, capabilities, clientInfo: client };
      await say({ id: 'resume', method: 'initialize', params });
      await say({ method: 'notifications/initialized' });
      held.connection.meet(client.name);
      return this.#held.keep(id, held);
    };
    const resumed = again().finally(() => this.#resuming.delete(id));
    this.#resuming.set(id, resumed);
    return resumed;
  }

  #connection(caller: HttpCaller, session: string): Connection {
    return new Connection(this.#service, tokenAuthentication(caller.name, caller.readOnly), session);
  }

  /** Counts the call, and the stream of its answer, as life. */
  async #during(held: Held, isListening: boolean, work: () => Promise<Response>): Promise<Response> {
    if (isListening) this.#listeners += 1;
    const done = this.#held.begin(held, () => {
      if (isListening) this.#listeners -= 1;
    });
    try {
      const response = await work();
      // The body of other answers is not looked at: it would be made a stream.
      if (!isStream(response) || response.body === null) {
        done();
        return response;
      }
      return new Response(watched(response.body, done), { status: response.status, headers: response.headers });
    } catch (error) {
      done();
      throw error;
    }
  }

  async forget(token: string): Promise<void> {
    await this.#held.forget(token);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe?.();
    await this.#held.settled();
    await this.#modern.close();
    this.#held.restAll();
  }

  /** For the streams of the protocol of 2026; the SDK passes on what each of them asked for. */
  #publish(change: FederationChange, federation: Federation): void {
    if (this.#listeners === 0) return;
    for (const resource of this.#service.definitions.resources) {
      for (const uri of resource.changedBy(change, federation)) this.#modern.notify.resourceUpdated(uri);
    }
  }

  readonly #complain = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    this.#service.log.info({ reason }, 'a client sent an invalid message, or is gone');
  };
}

function refused(status: number, message: string, code = -32_000): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}

export function isStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** The same stream; `done` is called once it has ended or nobody reads it any more. */
export function watched(body: ReadableStream<Uint8Array>, done: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: isOver, value } = await reader.read();
        if (value !== undefined) controller.enqueue(value);
        if (!isOver) return;
        done();
        controller.close();
      } catch (error) {
        done();
        controller.error(error);
      }
    },
    async cancel(reason) {
      done();
      await reader.cancel(reason);
    },
  });
}
