/**
 * Where the federation is in a database, an agent's program gets no way into that: its server (`federation-mcp`, started as
 * ever) hands what it reads on to the runner, over loopback, and the runner serves it as if it were its own standard
 * input. The sign of the run is the token: random, for this run alone, and good until the run has ended.
 *
 * The first line is the hand-over, then the lines of the protocol follow, of whichever era.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';
import type { FederationState } from '../domain/federation-state.ts';
import { StoreError } from '../domain/errors.ts';
import { type RunSign, runActor, runSign, signText } from '../identity/run-identity.ts';
import { runAuthentication } from './authentication.ts';
import { Connection, type Service } from './connection.ts';
import { LineTransport } from './line-transport.ts';
import { serveMessages } from './serve-messages.ts';

/** Where the runner serves its runs: a port on this machine. */
export const gateVariable = 'FEDERATION_RUN_PORT';

const longestHandOver = 1_000;
const handOverMs = 5_000;
const accepted = '+\n';

const handOver = z.strictObject({ run: z.string(), as: z.string().nullable(), core: z.boolean() });

export interface RunGate {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the runs of this process. `state`: as it is now. */
export async function openRunGate(service: Service, state: () => FederationState): Promise<RunGate> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whoever is gone is gone.
    socket.on('error', () => socket.destroy());
    void admit(socket, service, state).catch((error: unknown) => {
      service.log.warn({ err: error }, 'a connection of a run failed');
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port on loopback');
  return {
    port: address.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function admit(socket: Socket, service: Service, state: () => FederationState): Promise<void> {
  const line = await firstLine(socket);
  const found = line === null ? null : signIn(line, state());
  if (found === null) {
    socket.destroy();
    return;
  }
  const { sign, as, core } = found;
  socket.write(accepted);
  const connection = new Connection({ ...service, coreOnly: core }, runAuthentication(sign, as));
  const gone = new Promise<void>((resolve) => {
    const transport = new LineTransport({ input: socket, output: socket, onGone: resolve });
    serveMessages(connection, transport);
    socket.resume();
  });
  await gone;
  socket.destroy();
  await connection.end();
}

/** Null for whoever does not say in time, and in one short line, what a run says. What follows it stays to be read. */
async function firstLine(socket: Socket): Promise<string | null> {
  const late = setTimeout(() => socket.destroy(), handOverMs);
  let read = Buffer.alloc(0);
  try {
    while (!read.includes(0x0a) && read.length < longestHandOver) {
      const chunk: unknown = socket.read();
      if (Buffer.isBuffer(chunk)) read = Buffer.concat([read, chunk]);
      else if (socket.destroyed || socket.readableEnded) return null;
      else await Promise.race([once(socket, 'readable'), once(socket, 'close'), once(socket, 'end')]);
    }
  } finally {
    clearTimeout(late);
  }
  const end = read.indexOf(0x0a);
  if (end === -1) return null;
  if (end + 1 < read.length) socket.unshift(read.subarray(end + 1));
  return read.toString('utf8', 0, end);
}

function signIn(line: string, state: FederationState): { sign: RunSign; as: string | null; core: boolean } | null {
  try {
    const { run, as, core } = handOver.parse(JSON.parse(line));
    const sign = runSign(run, {});
    if (sign === null) return null;
    runActor(state, sign, as);
    return state.runs.get(sign.run_id)?.status === 'ended' ? null : { sign, as, core };
  } catch {
    return null;
  }
}

export interface BridgeOptions {
  readonly port: string;
  readonly sign: RunSign;
  readonly as: string | null;
  readonly coreOnly: boolean;
}

/**
 * Inside a run: joins standard input and output with the runner. Resolves with the exit code when either is gone.
 * @throws StoreError `store-unavailable` where the runner is gone, or does not know the run
 */
export async function bridgeToRunner({ port, sign, as, coreOnly }: BridgeOptions): Promise<number> {
  const refused = new StoreError(
    'store-unavailable',
    'The runner that started this run is gone, or has ended the run.',
    'End your turn: what was not completed goes back to the queue.',
  );
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  try {
    await once(socket, 'connect');
    socket.write(`${JSON.stringify({ run: signText(sign), as, core: coreOnly })}\n`);
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [null])]);
    if (!Buffer.isBuffer(answer) || answer.toString('utf8') !== accepted) throw refused;
  } catch {
    socket.destroy();
    throw refused;
  }
  socket.on('error', () => socket.destroy());
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  await once(socket, 'close');
  return 0;
}
