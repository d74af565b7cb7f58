/** Agents over HTTP, with both generations of the SDK's client, beside agents on this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startServer, type TestServer } from '../support/http-server.ts';
import { clientsUnderTest, type McpClient, type ToolAnswer } from '../support/mcp-clients.ts';

function taskIdIn({ structured }: ToolAnswer): string {
  return z.looseObject({ task_id: z.string() }).parse(structured['task']).task_id;
}

async function statusOf(client: McpClient, task_id: string): Promise<unknown> {
  const { structured } = await client.callTool('get_task', { task_id });
  const { status, held_by = null } = z
    .looseObject({ status: z.string(), held_by: z.string().nullish() })
    .parse(structured['task']);
  return { status, held_by };
}

describe.each(clientsUnderTest)('a $name over HTTP', ({ connect, era }) => {
  const connectTo = async (server: TestServer, name: string, readOnly = false): Promise<McpClient> => {
    const client = await connect({ url: server.url, token: await server.token(name, readOnly) });
    onTestFinished(() => client.close().catch(() => undefined));
    return client;
  };

  it('is who its token says, beside an agent on this machine, and each keeps its own lease', async () => {
    const server = await startServer();
    const [kimi, copilot] = [await connectTo(server, 'kimi'), await connectTo(server, 'copilot')];
    const claude = await connect(server.server('claude'));
    onTestFinished(() => claude.close());

    const queued: Record<string, string> = {};
    for (const to_agent of ['kimi', 'copilot', 'claude']) {
      queued[to_agent] = taskIdIn(await claude.callTool('queue_task', { description: 'x', to_agent }));
    }
    for (const [name, client] of Object.entries({ kimi, copilot, claude })) {
      expect((await client.callTool('start_session')).structured).toMatchObject({ you: { name } });
      expect(taskIdIn(await client.callTool('claim_task'))).toBe(queued[name]);
    }
    const kept = queued['copilot'] ?? '';
    await server.tokens.revoke(((await server.tokens.list())[0] ?? { id: '' }).id);
    await expect.poll(() => statusOf(claude, queued['kimi'] ?? '')).toEqual({ status: 'pending', held_by: null });
    await expect(kimi.callTool('list_tasks')).rejects.toThrow();
    expect(await statusOf(claude, kept)).toEqual({ status: 'in-progress', held_by: 'copilot' });
    const done = await copilot.callTool('complete_task', { task_id: kept, outcome: 'success', summary: 'done' });
    expect(done.structured).toMatchObject({ task: { status: 'completed' } });
  });

  it('is told of a change that another process made', async () => {
    const server = await startServer();
    const kimi = await connectTo(server, 'kimi');
    const told: string[] = [];
    await kimi.watch(['federation://queue/kimi'], (uri) => told.push(uri));
    const claude = await connect(server.server('claude'));
    onTestFinished(() => claude.close());
    await claude.callTool('queue_task', { description: 'x', to_agent: 'kimi' });
    await expect.poll(() => told.length).toBeGreaterThan(0);
    expect(new Set(told)).toEqual(new Set(['federation://queue/kimi']));
  });

  it('goes on after the server was restarted, with what it held', async () => {
    const server = await startServer();
    const kimi = await connectTo(server, 'kimi');
    const task_id = taskIdIn(await kimi.callTool('queue_task', { description: 'x', to_agent: 'kimi' }));
    await kimi.callTool('claim_task');
    await server.restart();
    const { structured } = await kimi.callTool('start_session');
    expect(structured).toMatchObject({ you: { name: 'kimi' }, held_here: [{ task_id }] });
    const done = await kimi.callTool('complete_task', { task_id, outcome: 'success', summary: 'done' });
    expect(done.structured).toMatchObject({ task: { status: 'completed' } });
  });

  it('with a read-only token sees everything and changes nothing, not even a cursor', async () => {
    const server = await startServer();
    const [reader, kimi] = [await connectTo(server, 'kimi', true), await connectTo(server, 'kimi')];
    await kimi.callTool('queue_task', { description: 'x', to_agent: 'kimi' });
    const seq = async () =>
      z.object({ seq: z.number() }).parse(await (await server.fetch('/readyz', bearer)).json()).seq;
    const bearer = { headers: { authorization: `Bearer ${await server.token('claude', true)}` } };
    const before = await seq();
    expect((await reader.callTool('start_session')).structured).toMatchObject({ you: { name: 'kimi' } });
    expect((await reader.callTool('list_tasks')).structured).toMatchObject({ total: 1 });
    for (const [tool, args] of [
      ['claim_task', {}],
      ['queue_task', { description: 'y' }],
    ] as const) {
      expect((await reader.callTool(tool, args)).error).toMatchObject({
        code: 'not-allowed',
        message: `${tool} changes something, and this token is read-only`,
      });
    }
    const offered = (await reader.listTools()).map(({ name }) => name);
    expect(offered).toContain('list_tasks');
    expect(offered).not.toContain('claim_task');
    expect(await seq()).toBe(before);
  });

  it('as a person has the tools of the operator, as an agent it has not', async () => {
    const server = await startServer();
    const [reuben, kimi] = [await connectTo(server, 'reuben'), await connectTo(server, 'kimi')];
    expect((await reuben.callTool('pause_federation', { reason: 'lunch' })).isError).toBe(false);
    expect((await kimi.callTool('resume_federation')).error).toMatchObject({ code: 'not-allowed' });
    expect((await kimi.listTools()).map(({ name }) => name)).not.toContain('pause_federation');
    expect(readFileSync(join(server.dir, 'journal/000001.jsonl'), 'utf8')).toMatch(/"by":"reuben","via":"http"/);
  });

  it('waits for work with a long poll, and is answered when it comes', async () => {
    const server = await startServer();
    const [kimi, claude] = [await connectTo(server, 'kimi'), await connectTo(server, 'claude')];
    const seconds: number[] = [];
    const waiting = kimi.callTool('claim_task', { wait_seconds: 50 }, { onProgress: (told) => seconds.push(told) });
    await claude.callTool('queue_task', { description: 'x', to_agent: 'kimi' });
    expect((await waiting).structured).toMatchObject({ task: { to_agent: 'kimi' } });
  });

  it.runIf(era === 'legacy')('that ends in good order gives back what it held', async () => {
    const server = await startServer();
    const [kimi, claude] = [await connectTo(server, 'kimi'), await connectTo(server, 'claude')];
    const task_id = taskIdIn(await kimi.callTool('queue_task', { description: 'x', to_agent: 'kimi' }));
    await kimi.callTool('claim_task');
    await kimi.close();
    expect(await statusOf(claude, task_id)).toEqual({ status: 'pending', held_by: null });
  });
});
