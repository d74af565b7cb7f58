/**
 * Requests that came together are answered together: a JSON-RPC batch, which
 * the protocol of 2025-03-26 had. Its answers wait here for the last of them.
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/server';

interface Batch {
  /** Requests that have no answer yet. */
  missing: number;
  readonly answers: object[];
}

export class Batches {
  readonly #waiting = new Map<unknown, Batch>();

  /** Begins a batch. `answers`: those there are already, for what was no request. */
  begin(ids: readonly unknown[], answers: readonly object[]): void {
    const batch = { missing: ids.length, answers: [...answers] };
    for (const id of ids) this.#waiting.set(id, batch);
  }

  /** Whether a request with this id still waits; an id must not be used twice at a time. */
  has(id: unknown): boolean {
    return this.#waiting.has(id);
  }

  /**
   * What is to be written once this message is ready: itself where its request
   * came alone, all answers of its batch where it is the last; else nothing.
   */
  collect(message: JSONRPCMessage): object | null {
    if ('method' in message || !this.#waiting.has(message.id)) return message;
    return this.#settle(message.id, [message]);
  }

  /** A request that was cancelled gets no answer, and nothing waits for one. */
  cancel(id: unknown): object | null {
    return this.#waiting.has(id) ? this.#settle(id, []) : null;
  }

  #settle(id: unknown, answers: readonly object[]): readonly object[] | null {
    const batch = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (batch === undefined) return null;
    batch.answers.push(...answers);
    batch.missing -= 1;
    return batch.missing === 0 && batch.answers.length > 0 ? batch.answers : null;
  }
}
