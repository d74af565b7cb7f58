import type { ServerCommand } from './mcp-clients.ts';
import { programFile } from './program-file.ts';

/** How to start the server over the fake federation. */
export function fakeServer(
  args: readonly string[] = [],
  rest: Pick<ServerCommand, 'env' | 'clientName'> = {},
): ServerCommand {
  return { command: process.execPath, args: [programFile('mcp-fake-server'), ...args], ...rest };
}
