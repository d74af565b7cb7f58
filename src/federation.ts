/**
 * The application: runs commands against the store, folds what everyone
 * committed into state, and tells subscribers.
 */
import type { Actor, ArgsOf, CommandName, ResultOf } from './domain/commands.ts';
import type { Config } from './domain/config.ts';
import type { FederationState } from './domain/federation-state.ts';
import type { StoredRecord, StoreFault } from './store/event-store.ts';

/** What changed in the federation, coarse enough to tell subscribers. */
export interface FederationChange {
  readonly tasks: ReadonlySet<string>;
  /** Agents to whom changed tasks are, or were, addressed. */
  readonly addressees: ReadonlySet<string>;
  readonly agents: boolean;
}

export interface Federation {
  readonly config: Config;
  /** Runs a command: refused (throws a FederationError), or committed and durable. */
  execute<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>>;
  /** The state after everything anyone has committed until now. Read it at once; it moves on. */
  state(): Promise<FederationState>;
  /** The newest records in order, for the log and for news. */
  tail(limit: number, after?: number): Promise<readonly StoredRecord[]>;
  /** Calls back with what changed, whichever process changed it. Gives the way to stop. */
  subscribe(listener: (change: FederationChange) => void): () => void;
  /** Set while the store is read-only: shown with every answer. */
  readonly fault: StoreFault | null;
  close(): Promise<void>;
}
