import { lstatSync, type Stats } from 'node:fs';
import { errorCode } from './error-code.ts';

/** What stands at a path, links not followed; `undefined`: nothing, also where a file stands on the way. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
