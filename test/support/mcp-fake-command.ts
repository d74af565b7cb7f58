import { join } from 'node:path';
import type { ServerCommand } from './mcp-clients.ts';

const script = join(import.meta.dirname, 'mcp-fake-server.ts');

/** How to start the server over the fake federation. */
export function fakeServer(
  args: readonly string[] = [],
  rest: Pick<ServerCommand, 'env' | 'clientName'> = {},
): ServerCommand {
  return { command: process.execPath, args: ['--import', 'tsx', script, ...args], ...rest };
}
