/**
 * Refusals: every way a command can be turned down, as a typed error with a
 * code, a message, and what to do next. Agents read these; they are the
 * interface. One class for each who can fix it.
 */
import { type Advice, inTools } from './advice.ts';

/** The fixed codes. Scripts depend on them. */
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
  'checks-failed',
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
  readonly next: Advice;

  constructor(code: ErrorCode, message: string, next: Advice) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.next = next;
  }

  /** For whoever is offered these tools. */
  toBody(offers?: (tool: string) => boolean): ErrorBody {
    return { error: { code: this.code, message: this.message, next: inTools(this.next, offers) } };
  }
}

/** The caller can fix it: other arguments, another moment, another task. */
export class CallerError extends FederationError {
  /** The argument at fault, where the message begins with its name. */
  readonly argument: string | null;

  constructor(code: ErrorCode, message: string, next: Advice, argument: string | null = null) {
    super(code, message, next);
    this.argument = argument;
  }
}

/** The operator can fix it: a limit, a permission, a missing identity. */
export class OperatorError extends FederationError {}

/** The configuration file is at fault. */
export class ConfigurationError extends FederationError {
  constructor(message: string, next: Advice) {
    super('invalid', message, next);
  }
}

/** The store is at fault: damaged, unreachable, or in doubt about a command. */
export class StoreError extends FederationError {}

/** Unreachable by the types; says so when the types were lied to. */
export function unreachable(value: never): never {
  throw new Error(`Expected every case to be handled, got ${JSON.stringify(value)}`);
}
