import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { LineTransport, longestLine } from '../../src/mcp/line-transport.ts';

async function started() {
  const input = new PassThrough();
  const output = new PassThrough();
  const writes: string[] = [];
  output.on('data', (chunk) => writes.push(String(chunk)));
  const messages: JSONRPCMessage[] = [];
  const errors: string[] = [];
  let gone = 0;
  const transport = new LineTransport({
    input,
    output,
    onGone: () => {
      gone += 1;
    },
  });
  transport.onmessage = (message) => messages.push(message);
  transport.onerror = (error) => errors.push(error.message);
  await transport.start();
  return { input, output, transport, writes, messages, errors, gone: () => gone };
}

const ping = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'ping' });

it('puts a message together that arrives a byte at a time, in the middle of a letter too', async () => {
  const { input, messages } = await started();
  const message = { jsonrpc: '2.0', id: 1, method: 'ping', params: { text: 'Grüße 漢字 🙂' } };
  for (const byte of Buffer.from(`${JSON.stringify(message)}\r\n`)) input.write(Buffer.from([byte]));
  await turn();
  expect(messages).toEqual([message]);
});

it('hears several messages that arrive together', async () => {
  const { input, messages } = await started();
  input.write([1, 2, 3].map((id) => `${JSON.stringify(ping(id))}\n`).join(''));
  await turn();
  expect(messages).toEqual([ping(1), ping(2), ping(3)]);
});

it('writes together what becomes ready together', async () => {
  const { transport, writes } = await started();
  for (const id of [1, 2, 3]) await transport.send(ping(id));
  await turn();
  expect(writes).toEqual([[1, 2, 3].map((id) => `${JSON.stringify(ping(id))}\n`).join('')]);
});

it('skips a line beyond the limit, complains once, and hears the next one', async () => {
  const { input, messages, errors } = await started();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let length = 0; length <= longestLine + 3 * piece.length; length += piece.length) input.write(piece);
  input.write(`\n${JSON.stringify(ping(1))}\n`);
  await turn();
  expect(messages).toEqual([ping(1)]);
  expect(errors).toEqual([`Expected a message of at most ${longestLine} bytes, got a longer one`]);
});

it('says once that the client is gone, however that shows', async () => {
  const { input, output, gone } = await started();
  input.end();
  await turn();
  await turn();
  output.destroy(new Error('EPIPE'));
  await turn();
  expect(gone()).toBe(1);
});

it('writes what was answered before it closed, and refuses what comes after', async () => {
  const { transport, writes } = await started();
  await transport.send(ping(1));
  await transport.close();
  await turn();
  expect(writes).toEqual([`${JSON.stringify(ping(1))}\n`]);
  await expect(transport.send(ping(2))).rejects.toThrow(/closed/);
});
