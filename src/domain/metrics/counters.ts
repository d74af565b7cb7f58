/**
 * Numbers by key and field, changed in place: what metrics are made of. Rows of immutable records would be copied with
 * every event; a row here is counted up, and while an undo log is open each change says how it is taken back.
 */
import type { UndoLog } from '../table.ts';

export class CounterRow<Field extends string = string> {
  readonly #values: Map<string, number>;
  readonly #undo: UndoLog;

  constructor(undo: UndoLog, values: Iterable<readonly [string, number]> = []) {
    this.#undo = undo;
    this.#values = new Map(values);
  }

  get(field: Field): number {
    return this.#values.get(field) ?? 0;
  }

  has(field: Field): boolean {
    return this.#values.has(field);
  }

  add(field: Field, by: number): void {
    const before = this.#values.get(field);
    this.#values.set(field, before === undefined ? by : before + by);
    if (this.#undo.active) this.#remember(field, before);
  }

  set(field: Field, value: number): void {
    const before = this.#values.get(field);
    this.#values.set(field, value);
    if (this.#undo.active) this.#remember(field, before);
  }

  /** In the order in which the fields first occurred. */
  entries(): IterableIterator<[string, number]> {
    return this.#values.entries();
  }

  /**
   * The value before, not a subtraction: sums of fractions come back to the bit. Apart from what counts: a function that
   * makes another one keeps its variables where that one finds them, with each call, also where it makes none.
   */
  #remember(field: Field, before: number | undefined): void {
    this.#undo.push(() => {
      if (before === undefined) this.#values.delete(field);
      else this.#values.set(field, before);
    });
  }
}

export class Counters<Key extends string | number, Field extends string = string> {
  readonly #rows = new Map<Key, CounterRow<Field>>();
  readonly #undo: UndoLog;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  /** To count in: made where it is missing. */
  at(key: Key): CounterRow<Field> {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    return this.#make(key);
  }

  #make(key: Key): CounterRow<Field> {
    const made = new CounterRow<Field>(this.#undo);
    this.#rows.set(key, made);
    this.#undo.push(() => this.#rows.delete(key));
    return made;
  }

  /** To read. */
  get(key: Key): CounterRow<Field> | undefined {
    return this.#rows.get(key);
  }

  delete(key: Key): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    this.#undo.push(() => this.#rows.set(key, row));
  }

  keys(): IterableIterator<Key> {
    return this.#rows.keys();
  }

  entries(): IterableIterator<[Key, CounterRow<Field>]> {
    return this.#rows.entries();
  }

  restore(key: Key, values: Iterable<readonly [string, number]>): void {
    this.#rows.set(key, new CounterRow<Field>(this.#undo, values));
  }
}
