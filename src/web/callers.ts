/**
 * Who calls: the token decides, on every request, in the file as it is at that moment. A client sends it in a header, a
 * browser that signed in has one of its own in a cookie.
 */
import { getCookie } from 'hono/cookie';
import type { Context } from 'hono';
import type { Token } from '../tokens/token.ts';
import type { TokenFile } from '../tokens/token-file.ts';
import { RateLimit } from './limits.ts';
import { forbidden, tooMany, unauthenticated } from './refusal.ts';

export interface Caller {
  /** The token's id, never its secret. */
  readonly token: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly inBrowser: boolean;
}

/** Wrong tokens from one address; a right one is never kept waiting by them. */
const wrongEach = { perSecond: 0.5, burst: 20 };

export class Callers {
  readonly #tokens: TokenFile;
  readonly #cookie: string;
  readonly #calls: RateLimit;
  readonly #wrong = new RateLimit(wrongEach.perSecond, wrongEach.burst);

  constructor(tokens: TokenFile, cookie: string, perSecond: number) {
    this.#tokens = tokens;
    this.#cookie = cookie;
    this.#calls = new RateLimit(perSecond, perSecond * 4);
  }

  /** By a bearer token alone: what a browser sends by itself proves nothing to a program's endpoint. */
  bearer(context: Context, address: string): Caller {
    const header = context.req.header('authorization');
    if (header === undefined) throw unauthenticated(false);
    const secret = /^Bearer +(\S+) *$/i.exec(header)?.[1];
    return this.#admit(secret === undefined ? null : this.#tokens.find(secret, 'bearer'), address);
  }

  /** The person whose browser this is; null: it has not signed in, or no longer. */
  browser(context: Context): Caller | null {
    const secret = getCookie(context, this.#cookie);
    const token = secret === undefined ? null : this.#tokens.find(secret, 'browser');
    return token === null ? null : this.#admit(token, '');
  }

  /** Counts what was tried and is wrong. @throws Refusal where there was too much of it. */
  noteWrong(address: string): void {
    const wait = this.#wrong.take(address);
    if (wait > 0) throw tooMany(wait, 'Too many wrong tokens came from this address');
  }

  #admit(token: Token | null, address: string): Caller {
    if (token === null) {
      this.noteWrong(address);
      throw unauthenticated(true);
    }
    const wait = this.#calls.take(token.id);
    if (wait > 0) throw tooMany(wait, `Too many requests came with the token ${token.id}`);
    this.#tokens.noteUse(token.id);
    return { token: token.id, name: token.name, readOnly: token.read_only, inBrowser: token.kind === 'browser' };
  }
}

/**
 * Names under which this server is reached. A page that a browser was led to by another name (DNS rebinding) would
 * count as of the same origin.
 */
export function checkHost(context: Context, names: ReadonlySet<string>): void {
  const host = context.req.header('host') ?? '';
  const name = hostnameOf(host);
  if (name !== null && names.has(name)) return;
  throw forbidden(
    'This server does not go by the name in the Host header',
    'Use its own address; further names go into serve.hosts of .federation/config.json.',
  );
}

/** No other site has business here: there is no CORS. Programs send no Origin. */
export function checkOrigin(context: Context): void {
  const origin = context.req.header('origin');
  if (origin === undefined) return;
  const host = context.req.header('host') ?? '';
  if (URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw forbidden('A page of another site sent this request', 'Open the board at its own address.');
}

function hostnameOf(host: string): string | null {
  const url = `http://${host}`;
  return host !== '' && !/[/@?#\\]/.test(host) && URL.canParse(url) ? new URL(url).hostname : null;
}
