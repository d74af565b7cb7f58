/** Ids are numbered by kind and day; the state knows how many a day has given out. */
import type { FederationState } from './federation-state.ts';
import { type NumberedKind, numberedId } from './tasks/task-id.ts';
import type { Timestamp } from './time.ts';

/** Raises the day's counter to the number in `id`, so that the next id is another one. */
export function countId(state: FederationState, kind: NumberedKind, id: string): void {
  const day = id.slice(kind.length + 1, kind.length + 11);
  const counters = state.days.get(day) ?? { day, task: 0, vote: 0, inbox: 0, optimization: 0, run: 0 };
  const raised: Record<NumberedKind, number> & { readonly day: string } = { ...counters };
  raised[kind] = Math.max(counters[kind], Number(id.slice(kind.length + 12)));
  state.days.set(day, raised);
}

/** Gives out ids in order; several within one decision. */
export function idSource(state: FederationState, now: Timestamp): (kind: NumberedKind) => string {
  const given = { task: 0, vote: 0, inbox: 0, optimization: 0, run: 0 };
  const counters = state.days.get(now.slice(0, 10));
  return (kind) => {
    given[kind] += 1;
    return numberedId(kind, now, (counters?.[kind] ?? 0) + given[kind]);
  };
}
