/** What the HTTP server lets in, and how it turns everything else down. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { addMillis, fromMillis } from '../../src/domain/time.ts';
import { addressOf } from '../../src/config/serve-address.ts';
import { StoreError } from '../../src/domain/errors.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';
import { createApp } from '../../src/web/app.ts';
import { RateLimit } from '../../src/web/limits.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { makeService } from '../support/mcp-connections.ts';
import { makeProject } from '../support/project.ts';

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const accept = 'application/json, text/event-stream';
const problem = z.object({ error: z.object({ code: z.unknown(), message: z.string() }) });

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Status and message of one raw request, as bytes: what `fetch` would not send. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('a server', () => {
  let server: TestServer;
  let token = '';
  // One for all of these: none of them changes what the others see.
  beforeAll(async () => {
    server = await startServer({}, (end) => ends.unshift(end));
    token = await server.token('kimi');
  });
  const ends: (() => Promise<void> | void)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  const bearer = (secret = token) => ({ authorization: `Bearer ${secret}` });
  const status = async (path: string, init?: RequestInit) => (await server.fetch(path, init)).status;

  it('answers without a token only whether it is alive', async () => {
    expect(await (await server.fetch('/healthz')).json()).toEqual({ status: 'ok' });
    for (const path of ['/readyz', '/metrics', '/mcp', '/api/call', '/nowhere']) {
      expect([401, 404], path).toContain(await status(path));
    }
    const refused = await server.fetch('/mcp', post(initialize));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="federation"');
    expect(problem.parse(await refused.json()).error.message).toContain('There is no token');
  });

  it.each([
    ['unknown', () => 'fed_0000000000000000000000000000000000000000000'],
    ['the beginning of a good one', () => token.slice(0, 12)],
    ['empty', () => ''],
  ])('turns down a token that is %s, and says no more than that', async (_, secret) => {
    const refused = await server.fetch('/mcp', post(initialize, bearer(secret())));
    expect(refused.status).toBe(401);
    const text = await refused.text();
    expect(text).not.toContain(token);
    if (secret() !== '') expect(text).not.toContain(secret());
  });

  it('turns down a token that expired, and one that was revoked, from the next request on', async () => {
    const late = await server.tokens.add({
      name: 'kimi',
      created_by: 'reuben',
      expires_at: addMillis(fromMillis(Date.now()), 300),
      read_only: false,
    });
    const gone = await server.tokens.add({ name: 'kimi', created_by: 'reuben', expires_at: null, read_only: false });
    expect(await status('/readyz', { headers: bearer(gone.secret) })).toBe(200);
    await server.tokens.revoke(gone.token.id);
    expect(await status('/readyz', { headers: bearer(gone.secret) })).toBe(401);
    await expect.poll(() => status('/readyz', { headers: bearer(late.secret) })).toBe(401);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1@evil.example', 'evil.example:80', '', 'a b'])(
    'turns down the Host %j, under which a page elsewhere could reach it',
    async (host) => {
      const answer = await raw(server.url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    },
  );

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'nonsense'])(
    'turns down the Origin %s',
    async (origin) => {
      const refused = await server.fetch('/mcp', post(initialize, { ...bearer(), origin }));
      expect(refused.status).toBe(403);
      expect(refused.headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  it('lets a page of its own through', async () => {
    expect(await status('/mcp', post(initialize, { ...bearer(), origin: server.url }))).toBe(200);
  });

  it('turns down bodies over 1 MiB, with their length said or not', async () => {
    const body = `{"a":"${'x'.repeat(1024 * 1024)}"}`;
    expect(await status('/mcp', post(body, bearer()))).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    const init = { ...post('', bearer()), body: stream, duplex: 'half' as const };
    expect(await status('/mcp', init)).toBe(413);
  });

  it.each([
    ['no JSON', '{"jsonrpc": "2.0", ', 400],
    ['nothing', '', 400],
    ['a number', '1', 400],
    ['a request without a session', { jsonrpc: '2.0', id: 1, method: 'tools/list' }, 400],
  ])('turns down a body that is %s', async (_, body, expected) => {
    const refused = await server.fetch('/mcp', post(body, bearer()));
    expect(refused.status).toBe(expected);
    expect(problem.parse(await refused.json()).error.message).not.toBe('');
  });

  it('turns down another content type, another method, and a stream without a session', async () => {
    expect(await status('/mcp', post(initialize, { ...bearer(), 'content-type': 'text/plain' }))).toBe(415);
    expect(await status('/mcp', { method: 'PUT', headers: bearer() })).toBe(405);
    expect(await status('/mcp', { method: 'OPTIONS', headers: bearer() })).toBe(405);
    expect(await status('/mcp', { headers: { ...bearer(), accept } })).toBe(405);
  });

  it('takes a message with a byte order mark', async () => {
    expect(await status('/mcp', post(`\uFEFF${JSON.stringify(initialize)}`, bearer()))).toBe(200);
  });

  it('gives up on a body that was cut off, and goes on', async () => {
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`${head}Content-Length: 1000\r\n\r\n{"jsonrpc"`);
    socket.destroySoon();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(await status('/healthz')).toBe(200);
  });

  it('treats a session that is unknown, forged or of another token as none', async () => {
    const begun = await server.fetch('/mcp', post(initialize, bearer()));
    const id = begun.headers.get('mcp-session-id') ?? '';
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    const ask = (session: string, secret = token) =>
      status('/mcp', post(list, { ...bearer(secret), 'mcp-session-id': session }));
    expect(await ask(id)).toBe(200);
    expect(await ask('nonsense')).toBe(404);
    const [text = '', signature = ''] = id.split('.');
    expect(await ask(`${text}A.${signature}`)).toBe(404);
    expect(await ask(`${text}.${signature.slice(0, -1)}`)).toBe(404);
    expect(await ask(id, await server.token('kimi'))).toBe(404);
    const anew = await server.fetch('/mcp', post(initialize, { ...bearer(), 'mcp-session-id': 'nonsense' }));
    expect(anew.status).toBe(200);
    expect(anew.headers.get('mcp-session-id')).not.toBe(id);
  });

  it('sends every page with a policy that runs no script of others, and caches nothing', async () => {
    const { headers } = await server.fetch('/healthz');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('gives Prometheus the queue, the inbox, the journal and its own latency', async () => {
    await server.fetch('/healthz');
    const text = await (await server.fetch('/metrics', { headers: bearer() })).text();
    for (const line of [
      'federation_tasks_ready 0',
      'federation_oldest_ready_seconds 0',
      'federation_votes{status="active"} 0',
      'federation_inbox_open 0',
      'federation_journal_position',
      'federation_http_request_seconds_count{route="healthz",status="200"}',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('says where it is reached while it runs', () => {
    expect(addressOf(server.dir)).toBe(server.url);
  });
});

it('answers others while a thousand streams are idle, and refuses more than one token may have', async () => {
  const server = await startServer();
  const open = async (secret: string): Promise<Response> => {
    const listen = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications: { resourceSubscriptions: ['federation://queue'] },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    };
    const headers = {
      authorization: `Bearer ${secret}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    };
    return await server.fetch('/mcp', post(listen, headers));
  };
  const secrets = await Promise.all(Array.from({ length: 4 }, () => server.token('kimi')));
  const opened: Response[] = [];
  // Some at a time: so many connections in one moment are refused by the system, not by the server.
  for (const secret of secrets) opened.push(...(await Promise.all(Array.from({ length: 250 }, () => open(secret)))));
  expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await open(secrets[0] ?? '')).status).toBe(429);
  expect((await server.fetch('/healthz')).status).toBe(200);
  const [first] = await server.tokens.list();
  await server.tokens.revoke(first?.id ?? '');
  // Its streams end by themselves.
  await Promise.all(opened.slice(0, 250).map((response) => response.text()));
  await Promise.all(opened.slice(250).map(async (response) => await response.body?.cancel()));
});

it('keeps a token that asks too often waiting, and nobody else', async () => {
  const server = await startServer({ serve: { requests_per_second: 0.5 } });
  const [busy, calm] = [await server.token('kimi'), await server.token('claude')];
  const ask = (secret: string) => server.fetch('/readyz', { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask(busy)).status).toBe(200);
  expect((await ask(busy)).status).toBe(200);
  const refused = await ask(busy);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask(calm)).status).toBe(200);
});

it('fills a bucket again with time', () => {
  let now = 0;
  const limit = new RateLimit(2, 2, () => now);
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 0]);
  expect(limit.take('a')).toBe(0.5);
  now = 500;
  expect(limit.take('a')).toBe(0);
  expect(limit.take('b')).toBe(0);
});

it('finishes what is in flight when it is stopped, and leaves nothing behind', async () => {
  const server = await startServer();
  const token = await server.token('kimi');
  const headers = { authorization: `Bearer ${token}` };
  const begun = await server.fetch('/mcp', post(initialize, headers));
  await begun.text();
  const session = { ...headers, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const queue = { name: 'queue_task', arguments: { description: 'x', to_agent: 'kimi' } };
  const inFlight = Array.from({ length: 20 }, async (_, id) => {
    const call = { jsonrpc: '2.0', id: id + 2, method: 'tools/call', params: queue };
    return await (await server.fetch('/mcp', post(call, session))).text();
  });
  await sleep(0);
  await Promise.race(inFlight);
  await server.close();
  const answers = await Promise.allSettled(inFlight);
  for (const answer of answers) {
    // Begun before the stop: answered. Later: turned away at the door.
    if (answer.status === 'fulfilled') expect(answer.value).toMatch(/task-\d{4}|shutting down/);
  }
  expect(addressOf(server.dir)).toBeNull();
  await expect(server.fetch('/healthz')).rejects.toThrow();
});

it('says that the store is damaged, serves what it knows, and is well again when it is', async () => {
  const server = await startServer();
  const token = await server.token('reuben');
  const headers = { authorization: `Bearer ${token}` };
  const call = { jsonrpc: '2.0', id: 2, method: 'tools/call' };
  const begun = await server.fetch('/mcp', post(initialize, headers));
  await begun.text();
  const session = { ...headers, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const ask = async (name: string, args: object) =>
    await (await server.fetch('/mcp', post({ ...call, params: { name, arguments: args } }, session))).text();
  await ask('queue_task', { description: 'Before the damage' });
  expect((await server.fetch('/readyz', { headers })).status).toBe(200);

  const journal = join(server.dir, 'journal/000001.jsonl');
  const sound = readFileSync(journal);
  writeFileSync(journal, Buffer.concat([sound, Buffer.from('{"seq":2,"v":1,"at":"x"}\n')]));
  const refused = await server.fetch('/readyz', { headers });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { code: 'corrupt-store' } });
  expect(await ask('queue_task', { description: 'Into the damage' })).toContain('corrupt-store');
  expect(await ask('list_tasks', {})).toContain('Before the damage');
  expect((await server.fetch('/healthz')).status).toBe(200);

  writeFileSync(journal, sound);
  await server.restart();
  expect((await server.fetch('/readyz', { headers })).status).toBe(200);
  expect(await ask('queue_task', { description: 'After the damage' })).toContain('After the damage');
});

it('slows whoever guesses tokens, in words, and never one that is right', async () => {
  const server = await startServer();
  const secret = await server.token('reuben');
  const signIn = (token: string) =>
    server.fetch('/sign-in', {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    });
  const answers: number[] = [];
  for (let n = 0; n < 21; n += 1) answers.push((await signIn('fed_guess')).status);
  expect(answers).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
  const slowed = await signIn('fed_guess');
  expect(slowed.headers.get('retry-after')).toMatch(/^[12]$/);
  expect(await slowed.text()).toContain('<h1>Too many wrong tokens came from this address.</h1>');
  expect((await server.fetch('/readyz', { headers: { authorization: 'Bearer fed_guess' } })).status).toBe(429);
  expect((await server.fetch('/readyz', { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  expect((await signIn(secret)).status).toBe(303);
});

it('lets nobody in while the tokens cannot be read, and tells whoever asks neither where they are nor why', async () => {
  const server = await startServer();
  const headers = { authorization: `Bearer ${await server.token('reuben')}` };
  const path = join(server.dir, 'private', 'tokens.json');
  const sound = readFileSync(path, 'utf8');
  writeFileSync(path, 'torn');
  for (const init of [{ headers }, { headers: { authorization: 'Bearer fed_guess' } }]) {
    const refused = await server.fetch('/readyz', init);
    expect(refused.status).toBe(503);
    expect(problem.parse(await refused.json()).error.message).toBe('The tokens cannot be read now');
  }
  expect((await server.fetch('/healthz')).status).toBe(200);
  writeFileSync(path, sound);
  expect((await server.fetch('/readyz', { headers })).status).toBe(200);
});

it('says that the journal is gone, reads what is there, and takes changes once it is back and the server was restarted', async () => {
  const server = await startServer();
  const token = await server.token('reuben');
  const headers = { authorization: `Bearer ${token}` };
  const begun = await server.fetch('/mcp', post(initialize, headers));
  await begun.text();
  const session = { ...headers, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const ask = async (name: string, args: object) => {
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: args } };
    return await (await server.fetch('/mcp', post(call, session))).text();
  };
  await ask('queue_task', { description: 'Before' });
  const journal = join(server.dir, 'journal');
  renameSync(journal, `${journal}-gone`);
  const refused = await server.fetch('/readyz', { headers });
  expect(refused.status).toBe(503);
  expect(problem.parse(await refused.json()).error).toMatchObject({
    code: 'corrupt-store',
    message: expect.stringMatching(/^The journal lacks record 1 /),
  });
  expect(await ask('queue_task', { description: 'Meanwhile' })).toContain('corrupt-store');
  // Reading goes on, from what is there, with the warning.
  expect(await ask('list_tasks', {})).toMatch(/"total\\":0.*"warning/);
  expect((await server.fetch('/healthz')).status).toBe(200);
  // What came back may be an older copy, so a process that saw it gone does not go on by itself.
  renameSync(`${journal}-gone`, journal);
  await server.restart();
  expect((await server.fetch('/readyz', { headers })).status).toBe(200);
  expect(await ask('queue_task', { description: 'Afterwards' })).toContain('Afterwards');
  expect(await ask('list_tasks', {})).not.toContain('Meanwhile');
});

/** As a database behind a network is: away, and there again. */
class FarStore extends MemoryStore {
  isAway = false;

  override refresh(): void {
    this.#reach();
    super.refresh();
  }

  override append(...args: Parameters<MemoryStore['append']>): ReturnType<MemoryStore['append']> {
    this.#reach();
    return super.append(...args);
  }

  #reach(): void {
    if (this.isAway) throw new StoreError('store-unavailable', 'The database does not answer', 'Try again.');
  }
}

it('says that the store does not answer while it does not, and goes on by itself once it does', async () => {
  const store = new FarStore();
  const { service, federation } = await makeService({}, { store });
  const project = makeProject();
  const tokens = new TokenFile(project.dir);
  const mcp = serveHttp(service, { key: new Uint8Array(32), mostBytes: 1_000_000 });
  const trouble: unknown[] = [];
  const app = createApp({
    federation,
    folder: project.dir,
    tokens,
    mcp,
    hosts: new Set(['localhost']),
    isSecure: false,
    addressOf: () => '127.0.0.1',
    cookie: 'federation_1',
    onTrouble: (error) => trouble.push(error),
  });
  onTestFinished(async () => {
    app.close();
    await mcp.close();
  });
  const { secret } = await tokens.add({ name: 'reuben', created_by: 'reuben', expires_at: null, read_only: false });
  const headers = { host: 'localhost', authorization: `Bearer ${secret}` };
  const ask = async (path: string, init: RequestInit = { headers }) =>
    await app.fetch(new Request(`http://localhost${path}`, init));
  const begun = await ask('/mcp', post(initialize, headers));
  await begun.text();
  const session = { ...headers, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const queue = async (description: string) => {
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call' };
    const params = { name: 'queue_task', arguments: { description } };
    return await (await ask('/mcp', post({ ...call, params }, session))).text();
  };
  const form = new URLSearchParams({ token: secret });
  const signedIn = await ask('/sign-in', { method: 'POST', headers: { host: 'localhost' }, body: form });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const board = { headers: { host: 'localhost', cookie } };
  expect((await ask('/queue', board)).status).toBe(200);

  store.isAway = true;
  for (const [path, init] of [
    ['/readyz', { headers }],
    ['/metrics', { headers }],
    ['/api/page?path=/queue', board],
    ['/queue', board],
  ] as const) {
    const refused = await ask(path, init);
    expect([path, refused.status]).toEqual([path, 503]);
    expect(problem.parse(await refused.json()).error).toMatchObject({
      code: 'store-unavailable',
      message: 'The database does not answer',
    });
  }
  const page = await ask('/queue', { headers: { ...board.headers, accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
  expect(await page.text()).toContain('<h1>The database does not answer.</h1>');
  expect(await queue('Meanwhile')).toContain('store-unavailable');
  expect((await ask('/healthz')).status).toBe(200);
  store.isAway = false;
  expect((await ask('/readyz')).status).toBe(200);
  expect(await queue('Afterwards')).toContain('Afterwards');
  expect((await ask('/queue', board)).status).toBe(200);
  const nowhere = await ask('/qeue', { headers: { ...board.headers, accept: 'text/html' } });
  expect([nowhere.status, await nowhere.text()]).toEqual([404, expect.stringContaining('Nothing here.')]);
  expect(trouble).toEqual([]);
});
