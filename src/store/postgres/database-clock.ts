/**
 * The database's time, carried on by this process's monotonic clock: all machines share it, whatever their own clocks
 * show. Each answer that tells it says between which two moments here it was read; the offset moves only as far as that
 * proves it wrong, so that it does not tremble with the network.
 */
export class DatabaseClock {
  readonly #monotonic: () => number;
  #offset: number | null = null;

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** For `note`: the moment a question is sent. */
  mark(): number {
    return this.#monotonic();
  }

  /** The answer to what was sent at `sentAt` came just now, and told this time, in milliseconds since 1970. */
  note(sentAt: number, time: number): void {
    const [least, most] = [time - this.#monotonic(), time - sentAt];
    this.#offset = Math.min(Math.max(this.#offset ?? (least + most) / 2, least), most);
  }

  /** Milliseconds since 1970. Before the first answer: this machine's own. */
  now(): number {
    return this.#offset === null ? Date.now() : this.#monotonic() + this.#offset;
  }
}
