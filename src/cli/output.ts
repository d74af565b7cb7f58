/** Standard output, which may be full, closed or gone while it is written to. */
import type { Writable } from 'node:stream';
import { errorCode } from '../files/error-code.ts';

export class Output {
  readonly #stream: Writable;
  readonly #onEnd: () => void;
  #fault: Error | null = null;
  #isClosed = false;

  /** `onEnd`: nothing more can be written, so whatever goes on writing should end. */
  constructor(stream: Writable, onEnd: () => void) {
    this.#stream = stream;
    this.#onEnd = onEnd;
    stream.on('error', (error) => this.#fail(error));
  }

  write(text: string): void {
    if (this.#isClosed) return;
    this.#stream.write(text, (error) => {
      if (error != null) this.#fail(error);
    });
  }

  /** Resolves once everything has been written; gives what kept it from that. */
  async flushed(): Promise<Error | null> {
    if (this.#isClosed) return this.#fault;
    await new Promise<void>((resolve) => {
      this.#stream.write('', (error) => {
        if (error != null) this.#fail(error);
        resolve();
      });
    });
    return this.#fault;
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Whoever read it has seen enough (`fed log | head`), or closed the terminal: that is no error.
    const isReaderGone = ['EPIPE', 'EIO'].includes(errorCode(error) ?? '');
    if (!isReaderGone) this.#fault = error;
    this.#onEnd();
  }
}
