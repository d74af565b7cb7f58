/** What requests bring. */
import type { Context } from 'hono';
import { CallerError } from '../domain/errors.ts';
import { Refusal } from './refusal.ts';

/** Where a browser hands its code over: it comes from a file, and so from no origin. */
export const codePath = '/sign-in/code';

/** @throws Refusal 415 for another type, 400 for what is no JSON. */
export async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(
      415,
      new CallerError('invalid', 'Expected the content type application/json', 'Send the body as JSON.'),
    );
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Refusal(400, new CallerError('invalid', 'The body is not JSON', 'Send one JSON value.'));
  }
}
