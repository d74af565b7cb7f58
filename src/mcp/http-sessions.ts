/**
 * Session ids of the protocols up to 2025 over HTTP. An id carries what is needed to begin the session again, signed:
 * many clients never recover from a 404, and so the next call with an old id works after a restart of the server, or
 * after the session had to make room.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What the client said when it began. */
const begun = z.object({
  token: z.string().max(40),
  protocol: z.string().max(40),
  client: z.object({ name: z.string().max(100), version: z.string().max(100) }),
  capabilities: z.record(z.string(), z.unknown()),
});
export type Begun = z.infer<typeof begun>;

/** Ids travel in a header with every call. What a client can do beyond this is forgotten when it comes back. */
const mostCapabilities = 1_000;
const mostIdChars = 4_000;

/** What is at hand in every request of a client; the key is the federation's, so that it outlives the process. */
export class SessionIds {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  make({ capabilities, client, ...rest }: Begun): string {
    const kept = JSON.stringify(capabilities).length <= mostCapabilities ? capabilities : {};
    const short = { name: client.name.slice(0, 100), version: client.version.slice(0, 100) };
    const payload = { ...rest, client: short, capabilities: kept, nonce: randomBytes(12).toString('base64url') };
    const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
    return `${text}.${this.#sign(text)}`;
  }

  /** Null: not one of ours. */
  read(id: string): Begun | null {
    const [text = '', signature = '', ...more] = id.length <= mostIdChars ? id.split('.') : [];
    const expected = Buffer.from(this.#sign(text));
    const given = Buffer.from(signature);
    if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return begun.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  }

  /**
   * The session as leases and presence know it: the same after a restart, so that a client keeps what it holds.
   * `parts`: what tells it from any other.
   */
  session(...parts: readonly string[]): string {
    return `${httpSession}${this.#hmac(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
  }

  #sign(text: string): string {
    return this.#hmac(text).digest().subarray(0, 16).toString('base64url');
  }

  #hmac(text: string) {
    return createHmac('sha256', this.#key).update(text);
  }
}

const httpSession = 'http-';

/** Whether a lease is held over HTTP: whichever server runs shows signs of life for it. */
export function isHttpSession(session: string): boolean {
  return session.startsWith(httpSession);
}
