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

/** With which key this process signs (`null`: none is wanted), or why it cannot. */
export type Signing = { readonly key: Buffer | null } | { readonly problem: string };

const prefix = 'whsec_';

/** `variable`: the name of the one that holds the secret; `undefined`: deliveries are not signed. */
export function signingWith(
  variable: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Signing {
  if (variable === undefined) return { key: null };
  const secret = environment[variable];
  if (secret === undefined || secret === '') return { problem: `the variable ${variable} is not set` };
  const key = keyOf(secret);
  return key === null ? { problem: `the variable ${variable} is not base64 after ${prefix}` } : { key };
}

/** `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. */
export function signature({ id, timestamp, body }: Signed, key: Buffer): string {
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${mac}`;
}

/**
 * A secret in the standard's own form, `whsec_` and base64, is decoded; any
 * other is taken as it stands. Node decodes what it can of a text that is no
 * base64, up to an empty key that anyone can sign with: such a secret is none.
 */
function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(prefix)) return Buffer.from(secret);
  const encoded = secret.slice(prefix.length);
  const key = Buffer.from(encoded, 'base64');
  return key.length > 0 && key.toString('base64') === encoded ? key : null;
}
