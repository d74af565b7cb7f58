/** The journal's refusals and faults, worded in one place. */
import { StoreError } from '../../domain/errors.ts';
import type { StoreFault } from '../event-store.ts';
import { errorCode } from '../../files/error-code.ts';

const outcomeNext = 'Check whether it took effect; repeat it only if it did not.';

const restoreNext = 'Restore a backup with fed restore FILE, or a snapshot: fed snapshot list.';

/** The way out where no better copy exists. */
const acceptNext =
  'Without a backup, `fed doctor --accept-loss` shows what would be lost and lets the operator continue without it. Nothing is written until then.';

/** Nothing was committed; it works again when the disk does. */
export function unavailable(action: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError('store-unavailable', `Could not ${action}: ${describe(error)}.`, adviceFor(error));
}

/** It may have been committed. */
export function outcomeUnknown(message: string): StoreError {
  return new StoreError('outcome-unknown', message, outcomeNext);
}

/**
 * The refusal of a write while the store is read-only. After a failed sync this
 * is `store-unavailable`: what failed then is in doubt, what is refused now is not.
 */
export function readOnly(fault: StoreFault): StoreError {
  const code = fault.code === 'outcome-unknown' ? 'store-unavailable' : fault.code;
  return new StoreError(code, `The store is read-only: ${fault.message}`, fault.next);
}

export function corruptFault(file: string, line: number, reason: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `Corruption in ${file}, line ${line}: ${reason}. Everything before it is intact and readable.`,
    next: `${restoreNext} ${acceptNext}`,
  };
}

export function missingFileFault(file: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `${file} is missing, but the journal continues in it or after it.`,
    next: `${restoreNext} ${acceptNext}`,
  };
}

/** The journal is there again in a moment; or the restore was killed, and the next command goes on with it. */
export function beingRestoredFault(): StoreFault {
  return {
    code: 'store-unavailable',
    message: 'A backup is being restored, or a restore was interrupted; the journal is not in place.',
    next: 'Run fed status: it finishes an interrupted restore.',
  };
}

export function unclosedFileFault(file: string, next: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `${next} has records, but the end of ${file} before it is missing.`,
    next: `${restoreNext} ${acceptNext}`,
  };
}

export function newerVersionFault(seq: number, v: number, event: string | null): StoreFault {
  const what = event === null ? '' : ` and event "${event}"`;
  return {
    code: 'store-unavailable',
    message: `Record ${seq} has journal version ${v}${what}, which this program does not know.`,
    next: 'Update federation-mcp to the version the other clients use. Until then it is read-only, up to that record.',
  };
}

export function lostEndFault(seq: number, hash: string, source: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `The journal lacks record ${seq} (${hash}), which was acknowledged according to ${source}: its end was cut off, or it was replaced by an older copy.`,
    next: `Put the newer journal back, if there is one. ${restoreNext} ${acceptNext}`,
  };
}

export function failedSyncFault(error: unknown): StoreFault {
  return {
    code: 'outcome-unknown',
    message: `Syncing the journal to disk failed (${describe(error)}), so this process no longer writes.`,
    next: 'Check the disk, then restart this client. Commands in progress may or may not have been saved.',
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function adviceFor(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free some space on the disk, then try again.';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'Make the folder writable for this user, then try again.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many open files on this machine; close some programs, then try again.';
    case undefined:
    default:
      return 'Check the disk that holds the folder, then try again.';
  }
}
