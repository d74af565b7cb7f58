import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defaultConfig } from '../../src/config/schema.ts';

test('the example for clients names no agent, so that one file serves them all', async () => {
  const text = await readFile(join(import.meta.dirname, '../../mcp.json'), 'utf8');
  const { mcpServers } = z
    .object({ mcpServers: z.object({ federation: z.object({ command: z.string(), args: z.array(z.string()) }) }) })
    .parse(JSON.parse(text));
  expect(mcpServers.federation.command).toBe('federation-mcp');
  for (const agent of Object.keys(defaultConfig.agents)) expect(text).not.toContain(`"${agent}"`);
  expect(mcpServers.federation.args).not.toContain('--as');
});
