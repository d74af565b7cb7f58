/**
 * Weights of hashed features, a record per feature seen, so that one text
 * touches one stretch of memory a feature.
 *
 * A record is `[documents, w_0 … w_stride−1, s_0 … s_stride−1]`: in how many
 * learned texts the feature occurred (exact to 16 million), the weight per
 * agent's column, and AdaGrad's sum of squared gradients. Memory: 4 bytes a
 * slot for the index, 4 × (1 + 2 × stride) a feature; records are made when a
 * feature is first learned. (Apart in three arrays, an update took 1.6 times
 * as long: it waits for memory, not for arithmetic.)
 */
export class WeightTable {
  /** Row of a slot, −1 where the feature was never seen. */
  readonly rowOf: Int32Array;
  /** Slot of each row, in the order they were made. */
  slotOf = new Int32Array(0);
  records = new Float32Array(0);
  rows = 0;
  columns = 0;
  stride = 0;

  constructor(slots: number) {
    this.rowOf = new Int32Array(slots).fill(-1);
  }

  /** Numbers in a record. */
  get width(): number {
    return 1 + 2 * this.stride;
  }

  /** The row of a slot, made with zeros when there is none. */
  ensureRow(slot: number): number {
    const known = this.rowOf[slot] ?? -1;
    if (known >= 0) return known;
    const row = this.rows;
    if (row >= this.slotOf.length) this.#resize(Math.max(256, this.slotOf.length * 2), this.stride);
    this.slotOf[row] = slot;
    this.rowOf[slot] = row;
    this.rows = row + 1;
    return row;
  }

  /** Adds a column of zeros; gives its index. */
  addColumn(): number {
    const column = this.columns;
    this.columns = column + 1;
    if (this.columns > this.stride) {
      // By a quarter, in steps of four: 10 agents take 12 columns.
      const wanted = Math.ceil(Math.max(this.columns, this.stride * 1.25) / 4) * 4;
      this.#resize(this.slotOf.length, wanted);
    }
    return column;
  }

  #resize(capacity: number, stride: number): void {
    if (capacity > this.slotOf.length) {
      const slots = new Int32Array(capacity);
      slots.set(this.slotOf);
      this.slotOf = slots;
    }
    const before = this.width;
    const after = 1 + 2 * stride;
    const records = new Float32Array(capacity * after);
    if (before === after) records.set(this.records);
    else {
      for (let row = 0; row < this.rows; row += 1) {
        const from = row * before;
        records.set(this.records.subarray(from, from + 1 + this.stride), row * after);
        records.set(this.records.subarray(from + 1 + this.stride, from + before), row * after + 1 + stride);
      }
    }
    this.records = records;
    this.stride = stride;
  }
}
