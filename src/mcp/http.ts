/**
 * MCP over HTTP, both eras, for many clients at once. Who calls was found out
 * before, from the token of each request; nothing in a message says it.
 *
 * Since the protocol of 2026 each request stands for itself: those of one token
 * and one client program share a connection, and with it a session. Before, a
 * client begins a session and names it in each request.
 *
 * Calls are the sign of life. A session that is silent for the length of a lease
 * and has no stream open rests: it is not ended, and if nothing more is heard
 * after the grace time, what it held goes back to the queue.
 */
import {
  CLIENT_INFO_META_KEY,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type JSONRPCMessage,
  type McpHttpHandler,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { minute } from '../domain/time.ts';
import type { Federation, FederationChange } from '../federation.ts';
import { tokenAuthentication } from './authentication.ts';
import { Connection, type Service } from './connection.ts';
import { createServer } from './create-server.ts';
import { type Begun, isHttpSession, SessionIds } from './http-sessions.ts';
import { withPlainArguments } from './plain-arguments.ts';
import { within } from './within.ts';

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

interface Held {
  readonly connection: Connection;
  readonly token: string;
  /** Of a session that the client began; since 2026 each request has its own. */
  readonly transport: WebStandardStreamableHTTPServerTransport | null;
  readonly close: () => Promise<void>;
  heardAt: number;
  /** Calls and streams that are not finished. */
  open: number;
}

/** Sessions beyond this make room, the one that was silent longest first; its id still works. */
const mostSessions = 1_000;
const usualSweepMs = 5_000;
/** A notice at least this often on each stream, so that a client that is gone is noticed. */
const keepAliveMs = 15_000;
const longestSettling = 5_000;

export function serveHttp(service: Service, options: HttpOptions): HttpEndpoint {
  return new Endpoint(service, options);
}

class Endpoint implements HttpEndpoint {
  readonly #service: Service;
  readonly #ids: SessionIds;
  readonly #mostBytes: number;
  readonly #now: () => number;
  readonly #modern: McpHttpHandler;
  readonly #held = new Map<string, Held>();
  /** Sessions that are being begun again. */
  readonly #resuming = new Map<string, Promise<Held>>();
  /** Sessions of an earlier process that hold tasks, and until when they need not call. */
  readonly #adopted = new Map<string, number>();
  readonly #sweeper: NodeJS.Timeout;
  #listeners = 0;
  #unsubscribe: (() => void) | null = null;
  #closed = false;

  constructor(
    service: Service,
    { key, mostBytes, now = () => performance.now(), sweepMs = usualSweepMs }: HttpOptions,
  ) {
    this.#service = service;
    this.#ids = new SessionIds(key);
    this.#mostBytes = mostBytes;
    this.#now = now;
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
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  get sessions(): number {
    return this.#held.size;
  }

  get tokens(): ReadonlySet<string> {
    return new Set([...this.#held.values()].map(({ token }) => token));
  }

  begin(federation: Federation): void {
    const until = this.#now() + leaseMs(federation);
    for (const ids of federation.state().index.heldBy.values()) {
      for (const id of ids) {
        const lease = federation.state().tasks.get(id)?.lease;
        if (lease?.session == null || !isHttpSession(lease.session)) continue;
        federation.attend({ name: lease.agent, kind: 'agent', session: lease.session, client: null });
        this.#adopted.set(lease.session, until);
      }
    }
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
    const held = this.#held.get(key) ?? this.#keep(key, this.#stateless(caller, client ?? ''));
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
    const held = this.#keep(id, await this.#session(id, caller));
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
      return this.#keep(id, held);
    };
    const resumed = again().finally(() => this.#resuming.delete(id));
    this.#resuming.set(id, resumed);
    return resumed;
  }

  #connection(caller: HttpCaller, session: string): Connection {
    return new Connection(this.#service, tokenAuthentication(caller.name, caller.readOnly), session);
  }

  #keep(key: string, held: Held): Held {
    this.#makeRoom();
    this.#held.set(key, held);
    const { session } = held.connection;
    this.#adopted.delete(session);
    // It may hold what it claimed before it rested, or before a restart.
    const federation = this.#service.federation.loaded;
    if (federation !== null && holds(federation, session)) {
      try {
        federation.attend(held.connection.actor(federation.config));
      } catch {
        // Whoever left the roster is told so by the call itself.
      }
    }
    return held;
  }

  /** Counts the call, and the stream of its answer, as life. */
  async #during(held: Held, isListening: boolean, work: () => Promise<Response>): Promise<Response> {
    held.open += 1;
    held.heardAt = this.#now();
    let isDone = false;
    if (isListening) this.#listeners += 1;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      held.open -= 1;
      held.heardAt = this.#now();
      if (isListening) this.#listeners -= 1;
    };
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

  #makeRoom(): void {
    if (this.#held.size < mostSessions) return;
    const idle = [...this.#held].filter(([, { open }]) => open === 0);
    const [oldest] = idle.sort(([, one], [, other]) => one.heardAt - other.heardAt);
    if (oldest !== undefined) this.#rest(...oldest);
  }

  #sweep(): void {
    const federation = this.#service.federation.loaded;
    if (federation === null) return;
    const now = this.#now();
    const silence = leaseMs(federation);
    for (const [key, held] of this.#held) if (held.open === 0 && now - held.heardAt > silence) this.#rest(key, held);
    for (const [session, until] of this.#adopted) {
      if (until > now) continue;
      this.#adopted.delete(session);
      federation.rest(session);
    }
  }

  #rest(key: string, { connection, close }: Held): void {
    this.#held.delete(key);
    this.#service.federation.loaded?.rest(connection.session);
    close().catch(this.#complain);
  }

  async forget(token: string): Promise<void> {
    const theirs = [...this.#held].filter(([, held]) => held.token === token);
    for (const [key] of theirs) this.#held.delete(key);
    await Promise.all(
      theirs.map(async ([, { connection, close }]) => {
        await connection.end().catch(this.#complain);
        await close().catch(this.#complain);
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#unsubscribe?.();
    const all = [...this.#held];
    await within(longestSettling, async () => {
      await Promise.all(all.map(([, { connection }]) => connection.underWay.whenSettled()));
    });
    await this.#modern.close();
    for (const [key, held] of all) this.#rest(key, held);
    for (const session of this.#adopted.keys()) this.#service.federation.loaded?.rest(session);
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

function leaseMs({ config }: Federation): number {
  return config.leases.lease_minutes * minute;
}

function holds(federation: Federation, session: string): boolean {
  const { index, tasks } = federation.state();
  return [...index.heldBy.values()].some((ids) => [...ids].some((id) => tasks.get(id)?.lease?.session === session));
}

function refused(status: number, message: string, code = -32_000): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}

/** The messages of a body: one, or a batch. */
function messagesIn(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

function initializeIn(body: unknown): Omit<Begun, 'token'> | null {
  const found = messagesIn(body).find((message) => isInitializeRequest(message));
  if (found === undefined || !isInitializeRequest(found)) return null;
  const { protocolVersion: protocol, clientInfo, capabilities } = found.params;
  return {
    protocol,
    client: { name: clientInfo.name, version: clientInfo.version },
    capabilities: { ...capabilities },
  };
}

function methodOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'method' in body ? body.method : null;
}

/** The name by which the client introduces itself in each request since 2026. */
function clientIn(body: unknown): string | null {
  let value: unknown = body;
  for (const name of ['params', '_meta', CLIENT_INFO_META_KEY, 'name']) {
    if (typeof value !== 'object' || value === null) return null;
    value = Reflect.get(value, name);
  }
  return typeof value === 'string' ? value.slice(0, 100) : null;
}

function plain(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(plain);
  return isMessage(body) ? withPlainArguments(body) : body;
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
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
