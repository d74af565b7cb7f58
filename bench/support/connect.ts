/** A real client of the SDK with a real server process of its own. */
import { type CallToolResult, Client } from '@modelcontextprotocol/client';
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/client/stdio';

export interface BenchClient {
  readonly pid: number;
  /** @throws Error where the tool answers with an error. */
  call(tool: string, args: Record<string, unknown>): Promise<unknown>;
  /** The answer as it came. @throws Error where the tool answers with an error. */
  ask(tool: string, args: Record<string, unknown>): Promise<CallToolResult>;
  readonly client: Client;
  close(): Promise<void>;
}

export async function connect(file: string, ...args: readonly string[]): Promise<BenchClient> {
  return await connectTo({ command: process.execPath, args: [file, ...args], stderr: 'inherit' });
}

/** To any server. */
export async function connectTo(server: StdioServerParameters): Promise<BenchClient> {
  const transport = new StdioClientTransport(server);
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const { pid } = transport;
  if (pid === null) throw new Error(`Expected ${server.command} to run, got no process`);
  const ask = async (name: string, args: Record<string, unknown>): Promise<CallToolResult> => {
    const result = await client.callTool({ name, arguments: args });
    if (result.isError === true) throw new Error(`${name} was refused: ${JSON.stringify(result.content)}`);
    return result;
  };
  return {
    pid,
    client,
    ask,
    call: async (name, args) => (await ask(name, args)).structuredContent,
    close: () => client.close(),
  };
}
