/** vitest's global set-up: a PostgreSQL server for the run, started when the first test file asks for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres-server.ts';

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | null = null;
  const doorman = createServer((_request, response) => {
    starting ??= PostgresServer.start();
    starting.then(
      ({ port }) => response.end(String(port)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(doorman, 'listening');
  doorman.unref();
  const address = doorman.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  provide('postgresAt', `http://127.0.0.1:${address.port}/`);
  return async () => {
    doorman.close();
    await (await starting?.catch(() => null))?.dispose();
  };
}
