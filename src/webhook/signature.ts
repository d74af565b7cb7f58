/**
 * How a delivery is signed: by Standard Webhooks (standardwebhooks.com), for
 * which receivers find a library in most languages. `docs/webhook.md` shows
 * how to verify.
 */
import { createHmac } from 'node:crypto';

export interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. */
export function signature({ id, timestamp, body }: Signed, secret: string): string {
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${mac}`;
}

/** A secret in the standard's own form, `whsec_` and base64, is decoded; any other is taken as it stands. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}
