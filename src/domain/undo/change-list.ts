/**
 * The newest changes of one participant. A list that shares what came before, not an array: copying 20 changes with each
 * event was a tenth of all that folding a journal allocates.
 */
import { type Change, keptChanges } from './change.ts';

export interface ChangeList {
  readonly newest: Change;
  readonly before: ChangeList | null;
  readonly length: number;
}

export function listOf(changes: readonly Change[]): ChangeList | null {
  return changes.reduce<ChangeList | null>(
    (before, newest) => ({ newest, before, length: (before?.length ?? 0) + 1 }),
    null,
  );
}

/** The kept ones, oldest first. */
export function changesIn(list: ChangeList | null | undefined): Change[] {
  const changes: Change[] = [];
  for (let at = list ?? null; at !== null && changes.length < keptChanges; at = at.before) changes.push(at.newest);
  return changes.reverse();
}

export function withChange(list: ChangeList | undefined, newest: Change): ChangeList {
  // Cut once in a while; until then what is older stays behind the list.
  const before = list !== undefined && list.length >= 2 * keptChanges ? listOf(changesIn(list)) : (list ?? null);
  return { newest, before, length: (before?.length ?? 0) + 1 };
}

export function withNewest({ before, length }: ChangeList, newest: Change): ChangeList {
  return { newest, before, length };
}
