/** Claude Code as a remote agent: added with `claude mcp add --transport http`, it completes its task over HTTP. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { serve } from '../../src/compose/serve.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';

const run = promisify(execFile);

export interface Remote {
  readonly connected: boolean;
  readonly completed: boolean;
  readonly out: string;
}

/** `folder`: an empty one. `env`: with `claude` on its PATH, and a model that completes the task it is told of. */
export async function tryRemote(folder: string, env: Record<string, string>): Promise<Remote> {
  const dir = join(folder, '.federation');
  mkdirSync(dir);
  const server = await serve({ folder: dir, host: '127.0.0.1', port: 0, tls: null });
  const { secret } = await new TokenFile(dir).add({
    name: 'claude',
    created_by: 'reuben',
    expires_at: null,
    read_only: false,
  });
  const header = `Authorization: Bearer ${secret}`;
  const claude = async (...args: string[]): Promise<string> => {
    // It waits for the end of its input.
    const child = run('claude', args, { cwd: folder, env: { ...env, ENABLE_TOOL_SEARCH: 'false' }, timeout: 120_000 });
    child.child.stdin?.end();
    return (await child).stdout;
  };
  const client = new Client(
    { name: 'claims-for-claude', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  try {
    await client.connect(
      new StreamableHTTPClientTransport(new URL('/mcp', server.url), {
        requestInit: { headers: { authorization: `Bearer ${secret}` } },
      }),
    );
    await client.callTool({ name: 'queue_task', arguments: { description: 'Do the work', to_agent: 'claude' } });
    const claimed = await client.callTool({ name: 'claim_task' });
    const task = z.object({ task: z.object({ task_id: z.string() }) });
    const { task_id } = task.parse(claimed.structuredContent).task;
    await claude('mcp', 'add', '--transport', 'http', 'federation', `${server.url}/mcp`, '--header', header);
    const listed = await claude('mcp', 'list');
    const prompt = `This run is for one task, ${task_id}. Its attempt is 1.`;
    const tools = ['--allowedTools', 'mcp__federation__complete_task', 'ToolSearch'];
    const said = await claude('-p', prompt, '--model', 'stand-in', ...tools);
    const after = await client.callTool({ name: 'get_task', arguments: { task_id } });
    const { status } = z.object({ task: z.object({ status: z.string() }) }).parse(after.structuredContent).task;
    return {
      connected: /federation: .*✔ Connected/.test(listed),
      completed: status === 'completed',
      out: `${listed}\n${said}\nThe task is ${status}.`,
    };
  } finally {
    await client.close();
    await server.close();
  }
}
