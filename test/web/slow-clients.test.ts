/** Clients that send slowly, and readers that never read. */
import { connect } from 'node:net';
import { afterEach, expect, it, vi, onTestFinished } from 'vitest';
import type { FederationChange } from '../../src/federation.ts';
import { News } from '../../src/web/news.ts';
import { Streams } from '../../src/web/streams.ts';
import { startServer } from '../support/http-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Everything that comes back for what is sent, until the server closes. */
function sent(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

it('turns down headers and bodies that do not come, and what is no request, each with what is wrong', async () => {
  const patience = { headersTimeout: 60, requestTimeout: 120, connectionsCheckingInterval: 20 };
  const hasty = await startServer({}, undefined, undefined, { patience });
  const server = await startServer();
  const token = await hasty.token('kimi');
  const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  const slow = { code: 'invalid', message: 'The request came too slowly', next: 'Send it again, all at once.' };
  for (const [{ url }, text, status, error] of [
    [hasty, 'GET /healthz HTTP/1.1\r\nHost: local', '408 Request Timeout', slow],
    [hasty, `${head}Content-Length: 1000\r\n\r\n{"jsonrpc"`, '408 Request Timeout', slow],
    [
      server,
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      { code: 'invalid', message: 'The headers are larger than 16 KiB', next: 'Send fewer or shorter ones.' },
    ],
    [
      server,
      'HELO server\r\n\r\n',
      '400 Bad Request',
      { code: 'invalid', message: 'This is not an HTTP request', next: 'Send HTTP/1.1.' },
    ],
  ] as const) {
    const answer = await sent(url, text);
    expect(answer.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({ error });
    expect(answer).not.toContain(token);
  }
  expect((await server.fetch('/healthz')).status).toBe(200);
});

it('lets a board go that takes nothing, with all that was kept for it, and tells the others', async () => {
  vi.useFakeTimers();
  const listeners: ((change: Pick<FederationChange, 'tasks'>) => void)[] = [];
  const unsubscribe = vi.fn(() => listeners.splice(0));
  const news = new News({
    seq: 7,
    fault: null,
    refresh: async () => {},
    subscribe: (listener) => {
      listeners.push((change) => Reflect.apply(listener, undefined, [change]));
      return unsubscribe;
    },
  });
  const stuck = news.open().body?.getReader();
  const reading = news.open().body?.getReader();
  let read = 0;
  const taken = (async () => {
    for (;;) {
      const chunk = await reading?.read();
      if (chunk === undefined || chunk.done) return;
      read += chunk.value.byteLength;
    }
  })();
  for (let round = 0; round < 10; round += 1) {
    for (const tell of listeners)
      tell({ tasks: new Set(Array.from({ length: 600 }, (_, n) => `task-2026-11-28-${round}${n}`)) });
    await vi.advanceTimersByTimeAsync(250);
  }
  expect(read).toBeGreaterThan(100_000);
  // What it had not taken comes to an end, after which a browser asks again and gets what is true then.
  let kept = 0;
  for (let chunk = await stuck?.read(); chunk?.done === false; chunk = await stuck?.read())
    kept += chunk.value.byteLength;
  expect(kept).toBeLessThan(80_000);
  expect(unsubscribe).not.toHaveBeenCalled();
  news.close();
  await taken;
  expect(unsubscribe).toHaveBeenCalledOnce();
});

it('tells boards once that the store is away, and once that it is back, though nothing has changed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let isAway = false;
  const news = new News({
    seq: 7,
    fault: null,
    subscribe: () => () => {},
    refresh: async () => {
      if (isAway) throw new Error('The database does not answer');
    },
  });
  let said = '';
  const taken = (async () => {
    for await (const chunk of news.open().body ?? []) said += Buffer.from(chunk).toString();
  })();
  const told = async (): Promise<readonly string[]> => {
    said = '';
    await vi.advanceTimersByTimeAsync(30_000);
    return said.match(/(?<=event: )\w+/g) ?? [];
  };
  await told();
  expect(await told()).toEqual(['beat', 'beat']);
  isAway = true;
  expect(await told()).toEqual(['news', 'beat']);
  isAway = false;
  expect(await told()).toEqual(['news', 'beat']);
  news.close();
  await taken;
});

it('ends a stream of which nothing is taken, and leaves those that are idle or read', async () => {
  let now = 0;
  const streams = new Streams({ each: 10, all: 10 });
  const open = (chunks: readonly string[]) => {
    let source: ReadableStreamDefaultController<Uint8Array> | null = null;
    const cancel = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        source = controller;
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      },
      cancel,
    });
    return { cancel, source: () => source, response: streams.keep('one', new Response(body), () => now) };
  };
  const stuck = open(['a', 'b', 'c']);
  const idle = open([]);
  const read = open(['a']);
  expect((await read.response.body?.getReader().read())?.done).toBe(false);
  // Streams move on in microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  expect(streams.count).toBe(3);
  now = 61_000;
  streams.endStalled(60_000);
  expect(streams.count).toBe(2);
  await expect.poll(() => stuck.cancel).toHaveBeenCalledOnce();
  expect(idle.cancel).not.toHaveBeenCalled();
  expect(read.cancel).not.toHaveBeenCalled();
});
