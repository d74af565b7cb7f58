/**
 * The state that a process has folded from what everyone committed, and those
 * who are told of changes. What is decided here is tried on it and taken back
 * where it is not committed; nobody reads it in between.
 */
import { evolve } from '../domain/evolve.ts';
import { FederationState, type Touched } from '../domain/federation-state.ts';
import type { FederationChange } from '../federation.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';

export interface FoldedOptions {
  readonly store: EventStore;
  readonly clock: () => number;
  /** Told of each record that is folded, with the state right behind it. */
  readonly onFolded: (record: StoredRecord, state: FederationState) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
  /** The journal is another one now: everything is folded from its start. */
  readonly onRestart: () => void;
}

export class FoldedState {
  readonly #options: FoldedOptions;
  readonly #listeners = new Set<(change: FederationChange) => void>();
  #current: FederationState;
  #lastNews = 0;

  constructor(options: FoldedOptions, from: FederationState) {
    this.#options = options;
    this.#current = from;
  }

  /** In memory: as new as the last `refresh`, or as what this process committed since. */
  get current(): FederationState {
    return this.#current;
  }

  /** When something was last folded, on the clock that decisions are made with. */
  get lastNews(): number {
    return this.#lastNews;
  }

  /** Takes in what was committed until now. A promise only where the store answers later. @throws StoreError */
  refresh(): void | Promise<void> {
    const looking = this.#options.store.refresh();
    if (looking === undefined) this.fold();
    else return looking.then(() => this.fold());
  }

  /** Takes in what the store has read. */
  fold(): void {
    const { store, clock, onFolded, onRestart } = this.#options;
    // Which tasks become ready by what happens to others, the index says; and subscribers are told.
    if (this.#listeners.size > 0) this.#current.makeIndex();
    for (const record of store.read()) {
      if (record === 'restarted') {
        this.#current = new FederationState();
        // Whoever subscribed is told of every task there is then.
        this.#current.takeTouched();
        onRestart();
        continue;
      }
      this.#lastNews = clock();
      for (const { by, events } of record.commands) {
        const meta = { at: record.at, by };
        for (const event of events) evolve(this.#current, event, meta);
      }
      onFolded(record, this.#current);
    }
    this.publish();
  }

  /** From here on what is folded can be taken back. */
  beginTrying(): void {
    this.#current.undo.begin();
  }

  /** What was tried is not committed, or not yet. */
  takeBack(): void {
    if (!this.#current.undo.active) return;
    this.#current.undo.rollback();
    this.#current.takeTouched();
  }

  /** What was tried stands; `record` holds it. */
  keep(record: StoredRecord | null): void {
    this.#current.undo.commit();
    if (record === null) return;
    this.#lastNews = this.#options.clock();
    this.#options.onFolded(record, this.#current);
    this.publish();
  }

  subscribe(listener: (change: FederationChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Nobody is told any more. */
  silence(): void {
    this.#listeners.clear();
  }

  /** Tells what has changed since it was last told. */
  publish(): void {
    const { tasks, votes, measured, agents, runs, inbox, switches } = this.#current.touched;
    if (tasks.size === 0 && votes.size === 0 && measured.size === 0 && !agents && !runs && !inbox && !switches) return;
    const change: Touched = this.#current.takeTouched();
    for (const listener of Array.from(this.#listeners)) {
      try {
        listener(change);
      } catch (error) {
        this.#options.onTrouble('could not tell a subscriber', error);
      }
    }
  }
}
