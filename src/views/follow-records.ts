/** The journal as it grows. */
import type { Federation } from '../federation.ts';
import type { StoredRecord } from '../store/event-store.ts';

/** More news than this between two looks is read in several goes. */
const batch = 1000;

/**
 * The newest `limit` records, then every further one as it is committed, once and in order, however the hints arrive.
 * Ends when the signal aborts.
 */
export async function* followRecords(
  federation: Pick<Federation, 'tail' | 'subscribe'>,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord, void, undefined> {
  let wake = (): void => {};
  let changed = true;
  const hint = (): void => {
    changed = true;
    wake();
  };
  const unsubscribe = federation.subscribe(hint);
  signal.addEventListener('abort', hint, { once: true });
  try {
    let seen = 0;
    for (let most = limit; !signal.aborted; most = batch) {
      changed = false;
      const records = await federation.tail(most, seen);
      for (const record of records) {
        seen = record.seq;
        yield record;
      }
      if (changed || (records.length === most && most === batch)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', hint);
  }
}
