/** What `undo` would take back. */
import type { Change } from '../domain/undo/change.ts';
import type { FederationState } from '../domain/federation-state.ts';

/** What this person did last; the same object as long as it is the last. */
export function lastChangeOf({ changes }: FederationState, name: string): Change | null {
  return changes.get(name)?.newest ?? null;
}

/** The id that names it to `undo_change`; null: it stands, or nothing names it. */
export function undoId({ ids, parts }: Change): string | null {
  return parts.some(({ of }) => of === 'standing') ? null : (ids[0] ?? null);
}
