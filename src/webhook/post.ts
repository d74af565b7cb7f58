/** One attempt to deliver: a POST, and what went wrong in words that hold no secret. */
import type { WebhookConfig } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { type About, contentOf } from './content.ts';
import type { Delivery } from './outbox.ts';
import { signature } from './signature.ts';

export interface Attempt extends About {
  readonly config: WebhookConfig;
  /** To sign with; `null`: unsigned. */
  readonly key: Buffer | null;
  readonly signal: AbortSignal;
}

/** Resolves when the receiver has taken it. @throws Error whose message can be shown. */
export async function post(delivery: Delivery, { config, key, signal, ...about }: Attempt): Promise<void> {
  const { type, body } = contentOf(delivery, config.format, about);
  const timestamp = Math.floor(Date.now() / 1_000);
  // A URL may carry a token in its path or query: messages name the origin alone.
  const { origin } = new URL(config.url);
  const late = AbortSignal.timeout(config.timeout_seconds * 1_000);
  let response: Response;
  try {
    response = await fetch(config.url, {
      method: 'POST',
      // A redirected POST would arrive as a GET, or somewhere nobody named.
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
      headers: {
        'content-type': type,
        'user-agent': `federation-mcp/${version}`,
        'webhook-id': delivery.id,
        'webhook-timestamp': String(timestamp),
        ...(key === null ? {} : { 'webhook-signature': signature({ id: delivery.id, timestamp, body }, key) }),
      },
      body,
    });
  } catch (error) {
    if (late.aborted) throw new Error(`${origin} did not answer within ${config.timeout_seconds} s`);
    throw new Error(`${origin} cannot be reached: ${reasonOf(error).replaceAll(config.url, origin)}`);
  }
  await response.body?.cancel().catch(() => undefined);
  if (!response.ok) throw new Error(`${origin} answered ${response.status}`);
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error instanceof Error ? error.message : String(error);
}
