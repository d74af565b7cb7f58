/** A real client of the SDK with a real server process of its own. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export interface BenchClient {
  readonly pid: number;
  /** @throws Error where the tool answers with an error. */
  call(tool: string, args: Record<string, unknown>): Promise<unknown>;
  readonly client: Client;
  close(): Promise<void>;
}

export async function connect(file: string, ...args: readonly string[]): Promise<BenchClient> {
  const transport = new StdioClientTransport({ command: process.execPath, args: [file, ...args], stderr: 'inherit' });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const { pid } = transport;
  if (pid === null) throw new Error(`Expected ${file} to run, got no process`);
  return {
    pid,
    client,
    call: async (name, args) => {
      const result = await client.callTool({ name, arguments: args });
      if (result.isError === true) throw new Error(`${name} was refused: ${JSON.stringify(result.content)}`);
      return result.structuredContent;
    },
    close: () => client.close(),
  };
}
