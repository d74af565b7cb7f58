/** Counts the calls that are being worked on, so that an ending connection can let them settle. */
export class UnderWay {
  #count = 0;
  #settled: (() => void)[] = [];

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const settled of this.#settled.splice(0)) settled();
    }
  }

  whenSettled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }
}
