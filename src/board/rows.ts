/** Every row of the queue, kept in the browser: fetched whole once, then row by row as tasks change. */
import { useEffect, useState } from 'preact/hooks';
import type { TaskRow } from '../views/task-rows.ts';

export type Rows = ReadonlyMap<string, TaskRow>;

let rows: Map<string, TaskRow> | null = null;
/** What is to be fetched next: one request at a time, so that an older answer never comes after a newer one. */
let wanted: Set<string> | 'all' | null = null;
let isFetching = false;
let again: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();
/** Of more rows than this, fetching all is less to say. */
const mostAtOnce = 500;
/** An answer that did not come is asked for again after so long. */
const againMs = 2_000;

/** Null until they have come, and on the server. */
export function useRows(): Rows | null {
  const [known, setKnown] = useState<Rows | null>(null);
  useEffect(() => {
    const tell = (): void => setKnown(rows === null ? null : new Map(rows));
    listeners.add(tell);
    if (rows === null) want('all');
    else tell();
    return () => {
      listeners.delete(tell);
    };
  }, []);
  return known;
}

/** Nobody looks at the queue now: the next who does fetches it anew. */
export function rowsChanged(ids: readonly string[]): void {
  if (listeners.size === 0) rows = null;
  else if (ids.length > 0) want(ids.length > mostAtOnce ? 'all' : ids);
}

export function forgetRows(): void {
  if (listeners.size === 0) rows = null;
  else want('all');
}

function want(ids: readonly string[] | 'all'): void {
  wanted = ids === 'all' || wanted === 'all' ? 'all' : new Set([...(wanted ?? []), ...ids]);
  if (!isFetching && again === null) void fetchWanted();
}

async function fetchWanted(): Promise<void> {
  isFetching = true;
  while (wanted !== null) {
    const asked: Set<string> | 'all' = rows === null || wanted === 'all' || wanted.size > mostAtOnce ? 'all' : wanted;
    wanted = null;
    const given = await fetchRows(asked);
    if (given === null) {
      wanted = 'all';
      again = setTimeout(() => {
        again = null;
        if (listeners.size > 0) void fetchWanted();
      }, againMs);
      break;
    }
    const next: Map<string, TaskRow> = asked === 'all' || rows === null ? new Map<string, TaskRow>() : rows;
    for (const [id, row] of Object.entries(given)) {
      if (row === null) next.delete(id);
      else next.set(id, row);
    }
    rows = next;
    for (const tell of listeners) tell();
  }
  isFetching = false;
}

async function fetchRows(asked: ReadonlySet<string> | 'all'): Promise<Readonly<Record<string, TaskRow | null>> | null> {
  try {
    const answer = await fetch('/api/rows', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-federation-board': '1' },
      body: JSON.stringify(asked === 'all' ? {} : { ids: [...asked] }),
    });
    const given: unknown = answer.ok ? await answer.json() : null;
    return isRows(given) ? given : null;
  } catch {
    return null;
  }
}

/** Our own server's answer, of the same build. */
function isRows(value: unknown): value is Readonly<Record<string, TaskRow | null>> {
  return typeof value === 'object' && value !== null;
}
