/** Commands that are decided together and committed as one record. */
import type { DecisionContext } from '../domain/commands.ts';
import { FederationError, StoreError } from '../domain/errors.ts';
import type { FederationEvent } from '../domain/events.ts';
import type { CommittedCommand, StoredRecord } from '../store/event-store.ts';

/** A command that waits to be decided. */
export interface Waiting {
  readonly id: string;
  readonly by: string;
  /** Decides against the state as it is and folds the outcome in; gives what to commit and how to answer. */
  readonly run: (context: Omit<DecisionContext, 'actor'>) => Tried;
  readonly fail: (error: Error) => void;
}

interface Tried {
  readonly events: readonly FederationEvent[];
  /** Called once what was decided is durable. */
  readonly answer: () => void;
}

export interface Group {
  readonly commands: readonly CommittedCommand[];
  readonly waiting: readonly Waiting[];
  readonly answers: readonly (() => void)[];
  readonly record: StoredRecord | null;
}

export const nothingDone: Group = { commands: [], waiting: [], answers: [], record: null };

/** Bytes of events after which a group is closed; a larger command goes alone. */
export const groupBytes = 256 * 1024;

/** In doubt about a command, its id is what the caller can look for. */
export function namingCommand(error: unknown, id: string): Error {
  if (error instanceof FederationError && error.code === 'outcome-unknown') {
    return new StoreError(error.code, `${error.message} The command's id is ${id}.`, error.next);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Near enough to close a group in time; writing the JSON twice would cost more than it saves. */
export function roughBytes(value: unknown, depth = 4): number {
  if (typeof value === 'string') return value.length + 8;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === 0) return 64;
  let bytes = 8;
  for (const [name, field] of Object.entries(value)) bytes += name.length + roughBytes(field, depth - 1);
  return bytes;
}
