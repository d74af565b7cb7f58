/** Errors on standard error: what went wrong, then what to do; and the exit code that scripts read. */
import { type ErrorCode, FederationError } from '../domain/errors.ts';
import { visibleJson } from '../domain/text.ts';
import type { Host } from './host.ts';
import { inCommands } from './in-commands.ts';
import { manyLines, paint } from './terminal.ts';

export const exitCodes = { done: 0, refused: 1, usage: 2, corrupt: 3, unreachable: 4 } as const;

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

export function reportError(error: unknown, host: Host, json: boolean): number {
  if (error instanceof Ended) return error.exitCode;
  if (error instanceof UsageError) {
    write(host, json, 'invalid', error.message, error.next);
    return exitCodes.usage;
  }
  if (error instanceof FederationError) {
    write(host, json, error.code, error.message, error.next);
    return exitCodeOf(error.code);
  }
  const message = error instanceof Error ? error.message : String(error);
  write(
    host,
    json,
    'internal',
    `Unexpected: ${message}`,
    'Run again with FEDERATION_DEBUG=1 and report what it prints.',
  );
  if ((host.environment['FEDERATION_DEBUG'] ?? '') !== '' && error instanceof Error) host.err(`${error.stack}\n`);
  return exitCodes.refused;
}

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'corrupt-store') return exitCodes.corrupt;
  if (code === 'store-unavailable' || code === 'outcome-unknown') return exitCodes.unreachable;
  return exitCodes.refused;
}

function write(host: Host, json: boolean, code: ErrorCode, message: string, next: string): void {
  if (json) {
    host.err(`${visibleJson(JSON.stringify({ error: { code, message, next } }, null, 2))}\n`);
    return;
  }
  host.err(formatError(message, next, host));
}

function formatError(message: string, next: string, host: Host): string {
  const lines = [`${paint('fed:', 'red', host.errorTerminal)} ${manyLines(message)}`];
  if (next !== '') lines.push(`  → ${manyLines(inCommands(next))}`);
  return `${lines.join('\n')}\n`;
}
