/**
 * Refusals: every way a command can be turned down, as a typed error with a
 * code, a message, and what to do next. Agents read these; they are the
 * interface. One class per kind of mender.
 */

/** The fixed codes. Scripts depend on them to the letter. */
export const errorCodes = [
  'unknown-agent',
  'not-identified',
  'not-allowed',
  'not-found',
  'invalid',
  'cycle',
  'limit-reached',
  'paused',
  'not-ready',
  'already-claimed',
  'stale-attempt',
  'wrong-state',
  'closed',
  'corrupt-store',
  'store-unavailable',
  'outcome-unknown',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What is sent to a client or printed with `--json`. */
export interface ErrorBody {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly next: string };
}

/** The base of every refusal this program words itself. */
export abstract class FederationError extends Error {
  readonly code: ErrorCode;
  /** One sentence on what to do now. */
  readonly next: string;

  constructor(code: ErrorCode, message: string, next: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.next = next;
  }

  toBody(): ErrorBody {
    return { error: { code: this.code, message: this.message, next: this.next } };
  }
}

/** The caller can mend it: other arguments, another moment, another task. */
export class CallerError extends FederationError {}

/** The operator can mend it: a limit, a permission, a missing identity. */
export class OperatorError extends FederationError {}

/** The configuration file is at fault. */
export class ConfigurationError extends FederationError {
  constructor(message: string, next: string) {
    super('invalid', message, next);
  }
}

/** The store is at fault: damaged, unreachable, or in doubt about a command. */
export class StoreError extends FederationError {}

/** Unreachable by the types; says so when the types were lied to. */
export function unreachable(value: never): never {
  throw new Error(`Expected every case to be handled, got ${JSON.stringify(value)}`);
}
