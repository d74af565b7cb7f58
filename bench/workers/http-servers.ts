/** A server in a process of its own, for `npm run bench:http`: ours, or one on the bare SDK with one trivial tool. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { z } from 'zod';
import { serve } from '../../src/compose/serve.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';

/** What the parent is told. */
interface Told {
  readonly url: string;
  readonly token: string;
  readonly folder: string;
}

async function ours(): Promise<Told> {
  const folder = join(mkdtempSync(join(tmpdir(), 'federation-bench-')), '.federation');
  const server = await serve({ folder, host: '127.0.0.1', port: 0, tls: null }).catch(() => null);
  await server?.close();
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      log_file: null,
      serve: { requests_per_second: 100_000 },
      limits: { open_per_agent: 100_000, automatic_per_hour: 1_000_000 },
    }),
  );
  const { url } = await serve({ folder, host: '127.0.0.1', port: 0, tls: null });
  const tokens = new TokenFile(folder);
  const { secret } = await tokens.add({ name: 'reuben', created_by: 'reuben', expires_at: null, read_only: false });
  return { url, token: secret, folder };
}

async function bare(): Promise<Told> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'bare', version: '1.0.0' });
    server.registerTool('trivial', { description: 'Gives nothing.', inputSchema: z.object({}) }, async () => ({
      content: [{ type: 'text', text: '{}' }],
    }));
    return server;
  });
  const app = new Hono();
  app.all('/mcp', async (context) => await handler.fetch(context.req.raw, { parsedBody: await context.req.json() }));
  const listener = getRequestListener(app.fetch);
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port, got none');
  return { url: `http://127.0.0.1:${address.port}`, token: '', folder: '' };
}

// The parent asks for the time this process has used so far.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1_000 });
});
process.send?.(await (process.argv[2] === 'bare' ? bare() : ours()));
