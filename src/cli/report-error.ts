/** Errors on standard error: what went wrong, then what to do; and the exit code that scripts read. */
import { type Advice, inTools } from '../domain/advice.ts';
import { CallerError, type ErrorCode, FederationError } from '../domain/errors.ts';
import { systemFault } from '../domain/system-faults.ts';
import { visibleJson } from '../domain/text.ts';
import type { Host } from './host.ts';
import { manyLines, oneLine, paint } from './terminal.ts';

export const exitCodes = { done: 0, refused: 1, usage: 2, corrupt: 3, unreachable: 4, unwritten: 5 } as const;

/** Wrong usage that only shows once a value is looked at. */
export class UsageError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'UsageError';
    this.next = next;
  }
}

/** Everything has been said; only the exit code is left. */
export class Ended extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`Ended with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

export interface Report {
  readonly host: Host;
  readonly json: boolean;
  readonly sayNext: (advice: Advice) => string;
}

export function reportError(thrown: unknown, report: Report): number {
  const { host } = report;
  const error = systemFault(thrown) ?? thrown;
  if (error instanceof Ended) return error.exitCode;
  if (error instanceof UsageError) {
    write(report, 'invalid', error.message, error.next);
    return exitCodes.usage;
  }
  if (error instanceof FederationError) {
    write(report, error.code, error.message, error.next);
    // A value that does not fit is wrong usage, whoever notices it.
    return error instanceof CallerError && error.argument !== null ? exitCodes.usage : exitCodeOf(error.code);
  }
  const message = error instanceof Error ? error.message : String(error);
  write(
    report,
    'internal',
    `Unexpected error: ${message}`,
    'Run it again with FEDERATION_DEBUG=1 and report the output.',
  );
  if ((host.environment['FEDERATION_DEBUG'] ?? '') !== '' && error instanceof Error) host.err(`${error.stack}\n`);
  return exitCodes.refused;
}

/** What is wrong and what to do about it, where the work goes on all the same. */
export function warn({ err, errorTerminal }: Host, label: string, message: string, next: string): void {
  err(`${paint(label, 'yellow', errorTerminal)} ${manyLines(message)}\n  → ${oneLine(next)}\n`);
}

/** Its output was not written. What it changed is changed: run again, it would be done twice. */
export function reportUnwritten(fault: Error, hasChanged: boolean, report: Report): number {
  const next = hasChanged
    ? 'The change was made: do not repeat it. See fed log.'
    : 'Send the output somewhere that can be written.';
  write(report, 'internal', `The output could not be written: ${fault.message}.`, next);
  return hasChanged ? exitCodes.done : exitCodes.unwritten;
}

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'corrupt-store') return exitCodes.corrupt;
  if (code === 'store-unavailable' || code === 'outcome-unknown') return exitCodes.unreachable;
  return exitCodes.refused;
}

function write({ host, json, sayNext }: Report, code: ErrorCode, message: string, next: Advice): void {
  if (json) {
    host.err(`${visibleJson(JSON.stringify({ error: { code, message, next: inTools(next) } }, null, 2))}\n`);
    return;
  }
  const lines = [`${paint('fed:', 'red', host.errorTerminal)} ${manyLines(message)}`];
  if (next !== '') lines.push(`  → ${manyLines(sayNext(next))}`);
  host.err(`${lines.join('\n')}\n`);
}
