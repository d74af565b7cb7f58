/** Sessions over HTTP as time passes, on a clock that the test sets. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { minute } from '../../src/domain/time.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { makeService } from '../support/mcp-connections.ts';

const caller = { token: 'fed_1', name: 'kimi', readOnly: false };
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function world() {
  const memory = await makeService(
    { leases: { grace_seconds: 1 } },
    { store: new MemoryStore(new MemoryLog(), { graceMs: 500 }) },
  );
  const clock = { now: 0 };
  const endpoint = serveHttp(memory.service, {
    key: new Uint8Array(32),
    mostBytes: 1_000_000,
    now: () => clock.now,
    sweepMs: 5,
  });
  memory.federation.keepTime();
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: meta } };
    const request = new Request('http://localhost/mcp', { method: 'POST', headers, body: JSON.stringify(body) });
    const response = await endpoint.handle(request, caller, body);
    return z
      .object({ result: z.object({ structuredContent: z.looseObject({}) }) })
      .parse(JSON.parse(await response.text())).result.structuredContent;
  };
  const held = () => [...memory.federation.state().tasks.values()].map(({ status, attempt }) => [status, attempt]);
  return { ...memory, clock, endpoint, ask: call, held };
}

it('keep what they hold while calls come, and lose it when none comes for the length of a lease', async () => {
  const { ask, clock, held, call, endpoint } = await world();
  await call('reuben', 'queue_task', { description: 'x', to_agent: 'kimi' });
  await ask('claim_task');
  for (let passed = 0; passed < 3; passed += 1) {
    clock.now += 29 * minute;
    await ask('list_tasks');
    expect(held()).toEqual([['in-progress', 1]]);
  }
  clock.now += 31 * minute;
  await expect.poll(() => endpoint.sessions).toBe(0);
  // After the grace time, counted as an attempt: nobody said that it was given back.
  await expect.poll(held, { timeout: 10_000 }).toEqual([['pending', 1]]);
});

it('that rest are taken up again by the next call, with what they hold', async () => {
  const { ask, clock, held, call, endpoint, federation } = await world();
  await call('reuben', 'queue_task', { description: 'x', to_agent: 'kimi' });
  await ask('claim_task');
  clock.now += 31 * minute;
  await expect.poll(() => endpoint.sessions).toBe(0);
  expect(await ask('start_session')).toMatchObject({ held_here: [{ attempt: 1 }] });
  expect(federation.presence()).toMatchObject([{ agent: 'kimi', silentFor: 0 }]);
  expect(held()).toEqual([['in-progress', 1]]);
});

it('are left as they are when the server stops, for the next one', async () => {
  const { ask, held, call, endpoint, service } = await world();
  await call('reuben', 'queue_task', { description: 'x', to_agent: 'kimi' });
  await ask('claim_task');
  await endpoint.close();
  expect(held()).toEqual([['in-progress', 1]]);
  const next = serveHttp(service, { key: new Uint8Array(32), mostBytes: 1_000_000 });
  const federation = await service.federation.load();
  next.begin(federation);
  expect(federation.presence()).toMatchObject([{ agent: 'kimi', silentFor: 0 }]);
  await next.close();
});
