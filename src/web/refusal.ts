/** Every answer that turns a request down: the status, and the same object that tools and `fed --json` give. */
import { inTools } from '../domain/advice.ts';
import { CallerError, type ErrorCode, FederationError, OperatorError, StoreError } from '../domain/errors.ts';

/** A request that is turned down before anything is asked of the federation. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: FederationError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: FederationError, headers: Readonly<Record<string, string>> = {}) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const challenge = { 'www-authenticate': 'Bearer realm="federation"' };

export function unauthenticated(given: boolean): Refusal {
  return given
    ? new Refusal(
        401,
        new OperatorError(
          'not-identified',
          'This token is unknown, expired or revoked',
          'Ask the operator for a new one: fed token add --agent NAME.',
        ),
        { 'www-authenticate': 'Bearer realm="federation", error="invalid_token"' },
      )
    : new Refusal(
        401,
        new CallerError(
          'not-identified',
          'Who is calling? There is no token',
          'Send the header "Authorization: Bearer TOKEN"; the operator makes one with fed token add --agent NAME.',
        ),
        challenge,
      );
}

export function forbidden(message: string, next: string): Refusal {
  return new Refusal(403, new CallerError('not-allowed', message, next));
}

export function tooMany(seconds: number, message: string): Refusal {
  const wait = String(Math.max(1, Math.ceil(seconds)));
  return new Refusal(429, new CallerError('limit-reached', message, `Wait ${wait} s and try again.`), {
    'retry-after': wait,
  });
}

export function unknownPage(): Refusal {
  return new Refusal(404, new CallerError('not-found', 'There is nothing at this address', 'Begin at /.'));
}

/** `code`: Node's own, of what is wrong. */
export function brokenRequest(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Refusal(408, new CallerError('invalid', 'The request came too slowly', 'Send it again, all at once.'));
  }
  return code === 'HPE_HEADER_OVERFLOW'
    ? new Refusal(431, new CallerError('invalid', 'The headers are larger than 16 KiB', 'Send fewer or shorter ones.'))
    : new Refusal(400, new CallerError('invalid', 'This is not an HTTP request', 'Send HTTP/1.1.'));
}

const statusOf: Readonly<Record<ErrorCode, number>> = {
  'unknown-agent': 403,
  'not-identified': 401,
  'not-allowed': 403,
  'not-found': 404,
  invalid: 400,
  cycle: 409,
  'limit-reached': 429,
  paused: 409,
  'not-ready': 409,
  'already-claimed': 409,
  'stale-attempt': 409,
  'wrong-state': 409,
  closed: 409,
  'checks-failed': 409,
  'corrupt-store': 503,
  'store-unavailable': 503,
  'outcome-unknown': 503,
  internal: 500,
};

/** What went wrong as an answer; nothing of an unexpected error leaves the process. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FederationError) return new Refusal(statusOf[error.code], error);
  return new Refusal(
    500,
    new StoreError('internal', 'Something went wrong in the server', 'Try again; details are in its own output.'),
  );
}

/** `/mcp` speaks JSON-RPC, and its clients read nothing else. */
export function asResponse({ status, body, headers }: Refusal, isRpc: boolean): Response {
  const next = inTools(body.next);
  const content = isRpc
    ? { jsonrpc: '2.0', error: { code: -32_000, message: `${body.message}. ${next}`, data: body.toBody() }, id: null }
    : body.toBody();
  return Response.json(content, { status, headers: { ...headers } });
}
