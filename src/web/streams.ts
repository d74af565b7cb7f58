interface Kept {
  readonly stalledFor: () => number;
  readonly end: () => void;
}

/** Answers that stay open, by the token they were opened with: they end when it does. */
export class Streams {
  readonly #open = new Map<string, Set<Kept>>();
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
  keep(token: string, response: Response, now: () => number = () => performance.now()): Response {
    const { body } = response;
    if (body === null) return response;
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
    const theirs = this.#open.get(token) ?? new Set();
    // Since when something waits to be taken; null: all was taken.
    let stalledAt: number | null = now();
    const stream: Kept = {
      stalledFor: () => (stalledAt === null ? 0 : now() - stalledAt),
      end: () => end(),
    };
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
      if (!theirs.delete(stream)) return;
      this.#count -= 1;
      if (theirs.size === 0) this.#open.delete(token);
    };
    theirs.add(stream);
    this.#open.set(token, theirs);
    this.#count += 1;
    const kept = new ReadableStream<Uint8Array>({
      start(given) {
        controller = given;
      },
      async pull(given) {
        stalledAt = null;
        try {
          const { done, value } = await reader.read();
          stalledAt = now();
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
    return new Response(kept, { status: response.status, headers: response.headers });
  }

  end(token: string): void {
    for (const stream of this.#open.get(token) ?? []) stream.end();
  }

  /** Those of which nothing was taken for so many milliseconds, though there was something. */
  endStalled(milliseconds: number): void {
    for (const streams of this.#open.values()) {
      for (const stream of streams) if (stream.stalledFor() > milliseconds) stream.end();
    }
  }

  endAll(): void {
    for (const token of this.tokens) this.end(token);
  }
}
