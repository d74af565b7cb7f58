import { StoreError } from './errors.ts';

/**
 * What the system refuses to whatever is being done, in words; `null` for every
 * other error. Neither is a mistake of this program, so a stack trace helps nobody.
 */
export function systemFault(error: unknown): StoreError | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code === 'EMFILE' || error.code === 'ENFILE') {
    return new StoreError(
      'store-unavailable',
      `Too many open files ${error.code === 'EMFILE' ? 'in this process' : 'on this machine'}.`,
      'Raise the limit (ulimit -n 256 is enough), or close some programs, and try again.',
    );
  }
  if ('syscall' in error && error.syscall === 'uv_cwd') {
    return new StoreError(
      'store-unavailable',
      'The working folder has been deleted.',
      'Change to a folder that exists.',
    );
  }
  return null;
}
