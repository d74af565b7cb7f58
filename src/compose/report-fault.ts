/** The last word of a program that cannot go on, in place of a stack trace. */
import { inTools } from '../domain/advice.ts';
import { FederationError } from '../domain/errors.ts';
import { systemFault } from '../domain/system-faults.ts';

/** Gives the exit code: 4 where the system or the store is in the way, else 1. */
export function reportFault(program: string, error: unknown): number {
  const known = error instanceof FederationError ? error : systemFault(error);
  if (known !== null) {
    process.stderr.write(`${program}: ${known.message}\n  → ${inTools(known.next)}\n`);
    return known.code === 'store-unavailable' ? 4 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${program}: Unexpected error: ${message}\n  → Run it again with FEDERATION_DEBUG=1 and report the output.\n`,
  );
  if ((process.env['FEDERATION_DEBUG'] ?? '') !== '' && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return 1;
}
