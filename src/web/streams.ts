/** Answers that stay open, by the token they were opened with: they end when it does. */
export class Streams {
  readonly #open = new Map<string, Set<() => void>>();
  readonly #mostEach: number;
  readonly #most: number;
  #count = 0;

  constructor(limits: { readonly each: number; readonly all: number }) {
    this.#mostEach = limits.each;
    this.#most = limits.all;
  }

  get count(): number {
    return this.#count;
  }

  /** Tokens that have one open. */
  get tokens(): readonly string[] {
    return [...this.#open.keys()];
  }

  hasRoom(token: string): boolean {
    return this.#count < this.#most && (this.#open.get(token)?.size ?? 0) < this.#mostEach;
  }

  /** The same answer, which ends when the token's streams are ended. */
  keep(token: string, response: Response): Response {
    const { body } = response;
    if (body === null) return response;
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
    const theirs = this.#open.get(token) ?? new Set();
    const end = (): void => {
      forget();
      reader.cancel().catch(() => undefined);
      try {
        controller?.close();
      } catch {
        // It has ended by itself meanwhile.
      }
    };
    const forget = (): void => {
      if (!theirs.delete(end)) return;
      this.#count -= 1;
      if (theirs.size === 0) this.#open.delete(token);
    };
    theirs.add(end);
    this.#open.set(token, theirs);
    this.#count += 1;
    const stream = new ReadableStream<Uint8Array>({
      start(given) {
        controller = given;
      },
      async pull(given) {
        try {
          const { done, value } = await reader.read();
          if (value !== undefined) given.enqueue(value);
          if (!done) return;
          forget();
          given.close();
        } catch (error) {
          forget();
          given.error(error);
        }
      },
      async cancel(reason) {
        forget();
        await reader.cancel(reason);
      },
    });
    return new Response(stream, { status: response.status, headers: response.headers });
  }

  end(token: string): void {
    for (const end of this.#open.get(token) ?? []) end();
  }

  endAll(): void {
    for (const token of this.tokens) this.end(token);
  }
}
