/**
 * Where a federation on PostgreSQL lives:
 *
 *   postgres://[USER@]HOST[:PORT]/DATABASE[?federation=NAME&sslmode=…&sslrootcert=FILE&sslcert=FILE&sslkey=FILE]
 *
 * Never a password: that comes from PGPASSWORD or ~/.pgpass, so that no list of processes, configuration, log or error
 * shows it. What is left out comes from PGHOST, PGPORT, PGUSER, PGDATABASE and PGSSLMODE, as for every other client.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { ConfigurationError } from '../../domain/errors.ts';
import { oneLine, quote } from '../../domain/text.ts';
import { errorCode } from '../../files/error-code.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** One of several in the database. */
  readonly federation: string;
  readonly ssl: ConnectionOptions | false;
  /** For people: everything but secrets. */
  readonly shown: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof sslModes)[number];
const parameters = ['federation', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];
const example = 'Expected postgres://user@host/database?federation=name.';

/** Where a password belongs. */
export const passwordAdvice =
  'Put the password into PGPASSWORD, or into ~/.pgpass as host:port:database:user:password (chmod 600).';

/** Whether this is meant for us at all. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

/**
 * `folderName`: names the federation where the URL does not.
 * @throws ConfigurationError; what it says holds no password
 */
export function addressOf(text: string, folderName: string, environment: Environment): Address {
  const url = parse(text);
  for (const name of url.searchParams.keys()) {
    if (!parameters.includes(name)) {
      throw new ConfigurationError(
        `The store's URL has the parameter ${quote(name)}, which is unknown.`,
        `Use ${parameters.join(', ')}.`,
      );
    }
  }
  const parameter = (name: string): string | null => url.searchParams.get(name) || null;
  const host = unbracketed(url.hostname) || environment['PGHOST'] || 'localhost';
  const port = Number(url.port || environment['PGPORT'] || 5432);
  const user = decode(url.username) || environment['PGUSER'] || userInfo().username;
  const database = decode(url.pathname.slice(1)) || environment['PGDATABASE'] || user;
  const federation = parameter('federation') ?? nameFrom(folderName);
  if (!/^[\p{L}\p{N}._-]{1,63}$/u.test(federation)) {
    throw new ConfigurationError(
      `${quote(federation)} cannot name a federation.`,
      'Use up to 63 letters, digits, dots, hyphens and underscores.',
    );
  }
  const mode = sslModeOf(parameter('sslmode') ?? environment['PGSSLMODE'] ?? null, host);
  const ssl = sslOf(mode, parameter);
  const place = `${encodeURIComponent(user)}@${isIP(host) === 6 ? `[${host}]` : encodeURIComponent(host)}:${port}`;
  const shown = `postgres://${place}/${encodeURIComponent(database)}?federation=${encodeURIComponent(federation)}`;
  return { host, port, user, database, federation, ssl, shown };
}

/** Not quoted in what is thrown: it may hold a password in an unusual place. */
function parse(text: string): URL {
  if (!isPostgresUrl(text)) {
    // A scheme is no secret; what follows may hold one.
    const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(text)?.[0];
    const what = scheme === undefined ? 'no URL' : `a URL of ${quote(scheme)}`;
    throw new ConfigurationError(`The store is ${what}, which is no place for a federation.`, example);
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError("The store's URL cannot be read.", example);
  }
  if (url.password !== '' || /[?&]pass(?:word|file)=/i.test(text)) {
    throw new ConfigurationError("The store's URL has a password in it.", `Take it out. ${passwordAdvice}`);
  }
  return url;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError("The store's URL cannot be read.", 'Write % as %25.');
  }
}

function unbracketed(host: string): string {
  const name = host.startsWith('[') ? host.slice(1, -1) : decode(host);
  return name;
}

function nameFrom(folderName: string): string {
  return folderName.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 63) || 'federation';
}

/** In the clear only where nobody else can listen, or where it is asked for. */
function sslModeOf(asked: string | null, host: string): SslMode {
  if (asked === null) return isHere(host) ? 'disable' : 'verify-full';
  const mode = sslModes.find((known) => known === asked);
  if (mode !== undefined) return mode;
  throw new ConfigurationError(
    `sslmode is ${quote(oneLine(asked, 40))}, which does not say whether the connection is encrypted.`,
    `Use one of ${sslModes.join(', ')}.`,
  );
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host.startsWith('/');
}

function sslOf(mode: SslMode, parameter: (name: string) => string | null): ConnectionOptions | false {
  if (mode === 'disable') return false;
  const [root, cert, key] = [parameter('sslrootcert'), parameter('sslcert'), parameter('sslkey')];
  const files = {
    ...(root === null || root === 'system' ? {} : { ca: readPem('sslrootcert', root) }),
    ...(cert === null ? {} : { cert: readPem('sslcert', cert) }),
    ...(key === null ? {} : { key: readPem('sslkey', key) }),
  };
  switch (mode) {
    case 'require':
      // As libpq has it: with a root certificate named, it is held to it.
      return { ...files, rejectUnauthorized: root !== null, ...(root === null ? {} : anyName) };
    case 'verify-ca':
      return { ...files, rejectUnauthorized: true, ...anyName };
    case 'verify-full':
      return { ...files, rejectUnauthorized: true };
  }
}

const anyName = { checkServerIdentity: () => undefined };

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `Cannot read ${path}, which ${name} names: ${errorCode(error) ?? 'unreadable'}.`,
      'Name a PEM file that this user may read.',
    );
  }
}
