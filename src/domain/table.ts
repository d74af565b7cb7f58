/**
 * Rows by key, changed in place, with an undo log: what was tried since
 * `begin` can be taken back in time proportional to what was tried. Rows are
 * immutable; a change replaces the row. Indexes hear of each change through
 * `onChange`, also while it is undone, so they need no undo of their own.
 */
export class UndoLog {
  #steps: (() => void)[] | null = null;

  get active(): boolean {
    return this.#steps !== null;
  }

  begin(): void {
    if (this.#steps !== null) throw new Error('Expected no open undo log, got a second begin');
    this.#steps = [];
  }

  commit(): void {
    this.#steps = null;
  }

  rollback(): void {
    const steps = this.#steps ?? [];
    this.#steps = null;
    for (let i = steps.length - 1; i >= 0; i--) steps[i]?.();
  }

  /** A place to come back to while the log is open. */
  mark(): number {
    return this.#steps?.length ?? 0;
  }

  /** Takes back what was done since the mark; what came before it stays open. */
  backTo(mark: number): void {
    const steps = this.#steps?.splice(mark) ?? [];
    for (let i = steps.length - 1; i >= 0; i--) steps[i]?.();
  }

  push(step: () => void): void {
    this.#steps?.push(step);
  }
}

export class Table<K, V> {
  readonly #rows = new Map<K, V>();
  readonly #undo: UndoLog;
  readonly #onChange: ((before: V | undefined, after: V | undefined) => void) | undefined;
  /** Keys in the order of the rows, made when they are first gone through backwards; some may be gone. */
  #order: K[] | null = null;
  /** Those of them that are gone. */
  readonly #gone = new Set<K>();

  constructor(undo: UndoLog, onChange?: (before: V | undefined, after: V | undefined) => void) {
    this.#undo = undo;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: K): V | undefined {
    return this.#rows.get(key);
  }

  has(key: K): boolean {
    return this.#rows.has(key);
  }

  values(): IterableIterator<V> {
    return this.#rows.values();
  }

  entries(): IterableIterator<[K, V]> {
    return this.#rows.entries();
  }

  /** The rows, the one added last first. Takes time only for those that are asked for. */
  *newestFirst(): Generator<V, void> {
    if (this.#gone.size * 2 > this.#rows.size) this.#forgetOrder();
    const order = (this.#order ??= [...this.#rows.keys()]);
    for (let at = order.length - 1; at >= 0; at--) {
      const key = order[at];
      const row = key === undefined ? undefined : this.#rows.get(key);
      if (row !== undefined) yield row;
    }
  }

  set(key: K, row: V): void {
    const before = this.#rows.get(key);
    this.#rows.set(key, row);
    if (before === undefined) this.#added(key);
    this.#onChange?.(before, row);
    if (!this.#undo.active) return;
    this.#undo.push(() => {
      if (before === undefined) this.#drop(key);
      else this.#rows.set(key, before);
      this.#onChange?.(row, before);
    });
  }

  delete(key: K): void {
    const before = this.#rows.get(key);
    if (before === undefined) return;
    this.#drop(key);
    this.#onChange?.(before, undefined);
    this.#undo.push(() => {
      this.#rows.set(key, before);
      this.#added(key);
      this.#onChange?.(undefined, before);
    });
  }

  #drop(key: K): void {
    this.#rows.delete(key);
    if (this.#order !== null) this.#gone.add(key);
  }

  #added(key: K): void {
    if (this.#order === null) return;
    // It had another place before.
    if (this.#gone.has(key)) this.#forgetOrder();
    else this.#order.push(key);
  }

  #forgetOrder(): void {
    this.#order = null;
    this.#gone.clear();
  }
}
