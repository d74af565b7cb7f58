/** Waits for news or for time to pass, whichever comes first. News that came before the wait ends it at once. */
export class Waker {
  #isWoken = false;
  #resolve: (() => void) | null = null;

  wake(): void {
    this.#isWoken = true;
    this.#resolve?.();
  }

  async wait(milliseconds: number): Promise<void> {
    if (!this.#isWoken) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
      this.#resolve = null;
    }
    this.#isWoken = false;
  }
}
