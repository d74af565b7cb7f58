import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fakeServer } from '../support/mcp-fake-command.ts';
import { type RawServer, spawnRaw } from '../support/mcp-raw-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(name: string, env: Record<string, string> = {}): RawServer & { record: () => Promise<unknown> } {
  const file = join(folder, name);
  const server = spawnRaw(fakeServer([], { env: { FAKE_RECORD: file, ...env } }));
  onTestFinished(() => {
    server.process.kill('SIGKILL');
  });
  return { ...server, record: async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8')) };
}

const queue = { name: 'queue_task', arguments: { description: 'x' } };
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const endedInOrder = { ended: [uuid], closed: true };

describe('when the client is gone', () => {
  it('gives back what the session held, closes the store and ends, though a timer is alive', async () => {
    const server = start('closed');
    await server.initialize();
    await server.request(1, 'tools/call', queue);
    server.process.stdin.end();
    expect(await server.exited).toBe(0);
    expect(await server.record()).toEqual(endedInOrder);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('does the same at %s', async (signal) => {
    const server = start(signal);
    await server.initialize();
    await server.request(1, 'tools/call', queue);
    server.process.kill(signal);
    expect(await server.exited).toBe(0);
    expect(await server.record()).toEqual(endedInOrder);
  });

  it('ends at once where nothing was ever called, without opening the store', async () => {
    const server = start('idle');
    await server.initialize();
    server.process.stdin.end();
    expect(await server.exited).toBe(0);
    expect(await server.record()).toEqual({ ended: [], closed: false });
  });

  it('aborts a long call under way', async () => {
    const server = start('long');
    await server.initialize();
    await server.request(1, 'tools/call', queue);
    void server.request(2, 'tools/call', { name: 'wait_long', arguments: { milliseconds: 30_000 } });
    // Requests are taken up in order.
    await server.request(3, 'ping');
    const before = performance.now();
    server.process.stdin.end();
    expect(await server.exited).toBe(0);
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(await server.record()).toEqual(endedInOrder);
  });

  it('closes a store that was still being opened', async () => {
    const server = start('opening', { FAKE_SLOW: '300' });
    await server.initialize();
    void server.request(1, 'tools/call', queue);
    await server.request(2, 'ping');
    server.process.stdin.end();
    expect(await server.exited).toBe(0);
    expect(await server.record()).toMatchObject({ closed: true });
  });

  it('ends when its output is no longer read', async () => {
    const server = start('deaf');
    await server.initialize();
    server.process.stdout.destroy();
    void server.request(1, 'tools/call', queue);
    void server.request(2, 'tools/call', queue);
    expect(await server.exited).toBe(0);
    expect(await server.record()).toMatchObject({ closed: true });
  });
});

describe('garbage on standard input', () => {
  const answersAfter = async (name: string, raw: string | Buffer): Promise<RawServer> => {
    const server = start(name);
    await server.initialize();
    server.write(raw);
    const answer = await server.request(7, 'tools/call', { name: 'who_am_i', arguments: {} });
    expect(answer).toMatchObject({ result: { structuredContent: { you: { name: 'claude' } } } });
    return server;
  };

  it('is survived where it is not JSON, and reported on standard error', async () => {
    const server = await answersAfter('bad', 'not json\n{"half":\n\n}{\n');
    await expect.poll(() => server.stderr()).toContain('Expected a line of JSON');
  });

  it('is survived where it is JSON but no message', async () => {
    await answersAfter('odd', '[]\n42\nnull\n{"jsonrpc":"1.0"}\n{"jsonrpc":"2.0","id":3}\n[{"jsonrpc":"2.0"}]\n');
  });

  it('is survived where it is binary', async () => {
    await answersAfter('binary', Buffer.from([0, 0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a, 0x0d, 0x0a, 0x80]).subarray(0, 9));
  });

  it('is survived where a line is longer than any message', async () => {
    const server = await answersAfter('giant', Buffer.concat([Buffer.alloc(17 * 1024 * 1024, 'x'), Buffer.from('\n')]));
    await expect.poll(() => server.stderr()).toContain('got a longer one');
  });

  it('gets an answer where it has an id to answer to', async () => {
    const server = await answersAfter('id', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":[1]}\n');
    expect(server.received.find(({ id }) => id === 'a')).toMatchObject({ error: { code: -32_600 } });
  });

  it('before the handshake is survived too', async () => {
    const server = start('early');
    server.write('}\n{"jsonrpc":"2.0","result":{},"id":5}\n');
    expect(await server.initialize()).toMatchObject({ result: { serverInfo: { name: 'federation' } } });
  });
});
