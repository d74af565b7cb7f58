import type { EventStore, StoredRecord } from './event-store.ts';

/** Records read at once from the journal's end; further back, the history is read from its start. */
const fromTheEnd = 1_000;

/** Every record from `seq` on, this one included, in order: for readers that remember how far they have come. */
export async function* recordsFrom(
  records: Pick<EventStore, 'tail' | 'history'>,
  seq: number,
): AsyncGenerator<StoredRecord, void, undefined> {
  const newest = await records.tail(fromTheEnd, Math.max(0, seq - 1));
  const [first] = newest;
  if (first === undefined || first.seq <= Math.max(1, seq)) {
    yield* newest;
    return;
  }
  for await (const record of records.history()) if (record.seq >= seq) yield record;
}
