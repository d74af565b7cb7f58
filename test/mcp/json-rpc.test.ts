import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeServer } from '../support/mcp-fake-command.ts';
import { type RawServer, spawnRaw } from '../support/mcp-raw-server.ts';

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'claude-code', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Both eras, as a program that is no SDK would speak them. */
const eras = [
  { era: '2025-03-26', open: (server: RawServer) => server.initialize('2025-03-26'), _meta: undefined },
  {
    era: '2026-07-28',
    open: (server: RawServer) => server.request(0, 'server/discover', { _meta: envelope }),
    _meta: envelope,
  },
];

describe.each(eras)('raw messages, protocol of $era', ({ open, _meta }) => {
  const started = async (): Promise<RawServer> => {
    const server = spawnRaw(fakeServer());
    onTestFinished(() => void server.process.kill('SIGKILL'));
    await open(server);
    return server;
  };
  const request = (id: unknown, method: string, params: object = {}) => ({
    jsonrpc: '2.0',
    id,
    method,
    params: { ...params, ...(_meta === undefined ? {} : { _meta }) },
  });
  const whoAmI = (id: unknown) => request(id, 'tools/call', { name: 'who_am_i', arguments: {} });
  const isAnswered = { result: { structuredContent: { you: { name: 'claude' } } } };
  const answersTo = ({ received }: RawServer, id: unknown) => received.filter((message) => message.id === id);
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;

  it('answer each request of a batch once, all in one array', async () => {
    const server = await started();
    const note = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' };
    server.write(line([whoAmI(1), note, request(2, 'tools/list'), request(3, 'no/such'), { odd: true }, 42]));
    await expect.poll(() => server.together).toEqual([5]);
    expect(answersTo(server, 1)).toMatchObject([isAnswered]);
    expect(answersTo(server, 2)).toMatchObject([{ result: { tools: expect.any(Array) } }]);
    expect(answersTo(server, 3)).toMatchObject([{ error: { code: -32_601 } }]);
    expect(answersTo(server, null)).toMatchObject([{ error: { code: -32_600 } }, { error: { code: -32_600 } }]);
  });

  it('answer a batch whose request was cancelled, and later requests of the same ids', async () => {
    const server = await started();
    const long = request(1, 'tools/call', { name: 'wait_long', arguments: { milliseconds: 30_000 } });
    server.write(line([long, whoAmI(2)]));
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    server.write(line(cancel));
    await expect.poll(() => answersTo(server, 2)).toMatchObject([isAnswered]);
    server.write(line(whoAmI(1)));
    await expect.poll(() => answersTo(server, 1)).toMatchObject([isAnswered]);
  });

  it('refuse the second request of an id in a batch', async () => {
    const server = await started();
    server.write(line([whoAmI(1), whoAmI(1)]));
    await expect.poll(() => server.together).toEqual([2]);
    expect(answersTo(server, 1)).toMatchObject([{ error: { code: -32_600 } }, isAnswered]);
  });

  it('answer nothing to a batch of notifications, and refuse an empty one', async () => {
    const server = await started();
    const before = server.received.length;
    server.write(line([{ jsonrpc: '2.0', method: 'notifications/roots/list_changed' }]));
    server.write('[]\n');
    server.write(line(whoAmI(1)));
    await expect.poll(() => answersTo(server, 1)).toHaveLength(1);
    expect(server.received.slice(before)).toMatchObject([{ id: null, error: { code: -32_600 } }, isAnswered]);
    expect(server.together).toEqual([]);
  });

  it('get -32700 for what is not JSON, and -32600 for what is no request', async () => {
    const server = await started();
    const before = server.received.length;
    server.write('not json\n{"half":\n\n42\n{"jsonrpc":"1.0"}\n{"jsonrpc":"2.0","id":"a"}\n');
    server.write(line({ jsonrpc: '2.0', id: 7, method: 'tools/list', params: [1] }));
    server.write(line({ jsonrpc: '2.0', id: null, method: 'tools/list' }));
    server.write(line({ jsonrpc: '2.0', id: 9, result: {} }));
    server.write(line(whoAmI(1)));
    await expect.poll(() => answersTo(server, 1)).toMatchObject([isAnswered]);
    const refused = server.received.slice(before, -1).map(({ id, error }) => [id, Object(error).code]);
    expect(refused).toEqual([
      [null, -32_700],
      [null, -32_700],
      [null, -32_600],
      [null, -32_600],
      ['a', -32_600],
      [7, -32_600],
      [null, -32_600],
    ]);
  });

  it('take arguments that are left out in whatever way, or written as text', async () => {
    const server = await started();
    for (const [index, given] of [null, '', '{}'].entries()) {
      server.write(line(request(index + 1, 'tools/call', { name: 'who_am_i', arguments: given })));
      await expect.poll(() => answersTo(server, index + 1)).toMatchObject([isAnswered]);
    }
    server.write(line(request(9, 'tools/call', { name: 'who_am_i', arguments: 'none' })));
    await expect.poll(() => answersTo(server, 9)).toMatchObject([{ error: { code: -32_602 } }]);
  });

  it('are messages behind a byte order mark too', async () => {
    const server = await started();
    server.write(`\uFEFF${line(whoAmI(1))}`);
    await expect.poll(() => answersTo(server, 1)).toMatchObject([isAnswered]);
  });
});
