import { z } from 'zod';
import { addressOf } from '../../config/serve-address.ts';
import { CallerError, OperatorError } from '../../domain/errors.ts';
import { command } from '../command.ts';
import { TokenFile } from '../../tokens/token-file.ts';
import { warn } from '../report-error.ts';
import { openSettings, type RunContext, show, withSession } from '../session.ts';

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
    open: z.boolean().default(false),
  }),
  options: [
    ['--port <number>', 'port', `where it listens; default ${defaultPort}, 0 for any that is free`],
    ['--host <address>', 'host', 'the address it listens on; default 127.0.0.1: this machine only'],
    ['--cert <file>', 'cert', 'certificate for TLS, PEM'],
    ['--key <file>', 'key', 'its key, PEM'],
    ['--open', 'open', 'open the board in your browser, signed in'],
  ],
  examples: ['fed serve --open', 'fed serve --host 0.0.0.0 --cert fullchain.pem --key privkey.pem'],
  run: async ({ port, host, cert, key, open }, context) => {
    if ((cert === undefined) !== (key === undefined)) {
      throw new CallerError('invalid', 'TLS needs both --cert and --key', 'Give both, or neither.');
    }
    const { signal } = context.host;
    const { folder, store } = openSettings(context);
    const person = open ? await personAt(context) : null;
    const running = addressOf(folder);
    if (person !== null && running !== null) return await signIn(context, running, person);
    const tls = cert === undefined || key === undefined ? null : { cert, key };
    const server = await context.host.serve({ folder, store, host, port, tls });
    try {
      if (tls === null && !isThisMachine(host)) {
        const next = 'Use --cert and --key, or a proxy with TLS.';
        warn(context.host, 'fed:', 'without TLS, tokens cross the network as they are', next);
      }
      show(context, { url: server.url, next: 'Ctrl-C stops it.' }, () => `serving ${server.url}`);
      if (person !== null) await signIn(context, server.url, person);
      await ended(signal);
    } finally {
      await server.close();
    }
  },
});

interface SignIn {
  readonly folder: string;
  readonly name: string;
  readonly code: string;
}

/** Only who sits here is signed in. @throws OperatorError */
async function personAt(context: RunContext): Promise<SignIn> {
  const made: SignIn[] = [];
  await withSession(context, async ({ actor, federation, folder }) => {
    const caller = actor();
    if (caller.kind !== 'person') {
      throw new OperatorError(
        'not-allowed',
        'The board is for people',
        `Ask ${federation.config.operator} to open it.`,
      );
    }
    const tokens = new TokenFile(folder, () => federation.now(), federation.documents);
    made.push({ folder, name: caller.name, code: await tokens.addCode(caller.name) });
  });
  const [person] = made;
  if (person === undefined) throw new Error('Expected a code for who sits here');
  return person;
}

async function signIn(context: RunContext, url: string, { folder, name, code }: SignIn): Promise<void> {
  const file = await context.host.openBoard(folder, url, code);
  const next = file === null ? '' : 'Open that file in your browser within a minute.';
  show(context, { url, ...(file === null ? {} : { file }), next }, () =>
    file === null ? `opened ${url} for ${name}` : `no browser could be started: ${file}`,
  );
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
