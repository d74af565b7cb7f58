/** Every row of the queue, kept in the browser: fetched whole once, then row by row as tasks change. */
import { useEffect, useState } from 'preact/hooks';
import type { TaskRow } from '../views/task-rows.ts';

export type Rows = ReadonlyMap<string, TaskRow>;

let rows: Map<string, TaskRow> | null = null;
let version = 0;
let fetching: Promise<void> | null = null;
const listeners = new Set<() => void>();

/** Null until they have come, and on the server. */
export function useRows(): Rows | null {
  const [known, setKnown] = useState<{ readonly rows: Rows | null; readonly version: number }>({
    rows: null,
    version: 0,
  });
  useEffect(() => {
    const tell = (): void => setKnown({ rows: rows === null ? null : new Map(rows), version });
    listeners.add(tell);
    if (rows === null) void loadRows();
    else tell();
    return () => {
      listeners.delete(tell);
    };
  }, []);
  return known.rows;
}

export async function loadRows(): Promise<void> {
  fetching ??= fetchRows(null).finally(() => {
    fetching = null;
  });
  await fetching;
}

/** Nobody looks at the queue now: the next who does fetches it anew. */
export function rowsChanged(ids: readonly string[]): void {
  if (rows === null) return;
  if (listeners.size === 0) rows = null;
  else if (ids.length > mostAtOnce) void loadRows();
  else if (ids.length > 0) void fetchRows(ids);
}

/** Of more rows than this, fetching all is less to say. */
const mostAtOnce = 500;

export function forgetRows(): void {
  rows = null;
  if (listeners.size > 0) void loadRows();
}

async function fetchRows(ids: readonly string[] | null): Promise<void> {
  try {
    const answer = await fetch('/api/rows', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-federation-board': '1' },
      body: JSON.stringify(ids === null ? {} : { ids }),
    });
    if (!answer.ok) return;
    const given: unknown = await answer.json();
    if (!isRows(given)) return;
    const next: Map<string, TaskRow> = ids === null || rows === null ? new Map<string, TaskRow>() : rows;
    for (const [id, row] of Object.entries(given)) {
      if (row === null) next.delete(id);
      else next.set(id, row);
    }
    rows = next;
    version += 1;
    for (const tell of listeners) tell();
  } catch {
    // The connection is gone; when it comes back everything is fetched anew.
  }
}

/** Our own server's answer, of the same build. */
function isRows(value: unknown): value is Readonly<Record<string, TaskRow | null>> {
  return typeof value === 'object' && value !== null;
}
