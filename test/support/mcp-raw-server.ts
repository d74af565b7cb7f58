/** A spawned server spoken to line by line, for what no well-behaved client would send. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ServerCommand } from './mcp-clients.ts';

const message = z.looseObject({ id: z.union([z.number(), z.string()]).nullish() });
export type RawMessage = z.infer<typeof message>;

export interface RawServer {
  readonly process: ChildProcessWithoutNullStreams;
  readonly stderr: () => string;
  /** Every message of standard output so far, parsed; a line that is no JSON fails the test. */
  readonly received: readonly RawMessage[];
  /** The lines that held several messages: how many each. */
  readonly together: readonly number[];
  readonly write: (raw: string | Buffer) => void;
  readonly request: (id: number, method: string, params?: object) => Promise<RawMessage>;
  /** Shakes hands as a client of the protocol of 2025. */
  readonly initialize: (protocolVersion?: string) => Promise<RawMessage>;
  /** The exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
}

export function spawnRaw({ command, args, env, clientName = 'claude-code' }: ServerCommand): RawServer {
  const child = spawn(command, [...args], { env: { ...process.env, ...env }, stdio: 'pipe' });
  const received: RawMessage[] = [];
  const together: number[] = [];
  const waiting = new Map<string | number, (answer: RawMessage) => void>();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  // A server that has ended refuses what is still written to it.
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const value: unknown = JSON.parse(line);
    if (Array.isArray(value)) together.push(value.length);
    for (const parsed of z.array(message).parse(Array.isArray(value) ? value : [value])) {
      received.push(parsed);
      if (parsed.id != null) waiting.get(parsed.id)?.(parsed);
    }
  });
  const write = (raw: string | Buffer): void => {
    child.stdin.write(raw);
  };
  const request = (id: number, method: string, params: object = {}): Promise<RawMessage> => {
    const answer = new Promise<RawMessage>((resolve) => waiting.set(id, resolve));
    write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answer;
  };
  const initialize = async (protocolVersion = '2025-11-25'): Promise<RawMessage> => {
    const clientInfo = { name: clientName, version: '1' };
    const answer = await request(0, 'initialize', { protocolVersion, capabilities: {}, clientInfo });
    write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    return answer;
  };
  const exited = once(child, 'exit').then(([code, signal]) => z.union([z.number(), z.string()]).parse(code ?? signal));
  return { process: child, stderr: () => stderr, received, together, write, request, initialize, exited };
}
