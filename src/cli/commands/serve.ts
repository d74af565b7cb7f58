import { z } from 'zod';
import { CallerError } from '../../domain/errors.ts';
import { command } from '../command.ts';
import { openSettings, show } from '../session.ts';
import { paint } from '../terminal.ts';

const defaultPort = 7420;

export const serve = command({
  path: 'serve',
  about: 'the HTTP server for agents on other machines, and the board',
  more:
    'Serves MCP at /mcp, the board at /, and /healthz, /readyz and /metrics, until Ctrl-C. Whoever calls needs a token ' +
    '(fed token add). Without --cert and --key, put a proxy with TLS in front of anything but this machine.',
  input: z.strictObject({
    port: z.int().min(0).max(65_535).default(defaultPort),
    host: z.string().min(1).max(253).default('127.0.0.1'),
    cert: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
  }),
  options: [
    ['--port <number>', 'port', `where it listens; default ${defaultPort}, 0 for any that is free`],
    ['--host <address>', 'host', 'the address it listens on; default 127.0.0.1: this machine only'],
    ['--cert <file>', 'cert', 'certificate for TLS, PEM'],
    ['--key <file>', 'key', 'its key, PEM'],
  ],
  examples: ['fed serve', 'fed serve --host 0.0.0.0 --cert fullchain.pem --key privkey.pem'],
  run: async ({ port, host, cert, key }, context) => {
    if ((cert === undefined) !== (key === undefined)) {
      throw new CallerError('invalid', 'TLS needs both --cert and --key', 'Give both, or neither.');
    }
    const { signal, errorTerminal, err } = context.host;
    const { folder, store } = openSettings(context);
    const tls = cert === undefined || key === undefined ? null : { cert, key };
    const server = await context.host.serve({ folder, store, host, port, tls });
    try {
      if (tls === null && !isThisMachine(host)) {
        const label = paint('fed:', 'yellow', errorTerminal);
        err(
          `${label} without TLS, tokens cross the network as they are\n  → Use --cert and --key, or a proxy with TLS.\n`,
        );
      }
      show(context, { url: server.url, next: 'Ctrl-C stops it.' }, () => `serving ${server.url}`);
      await ended(signal);
    } finally {
      await server.close();
    }
  },
});

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
