/** The questions of one connection that wait for a person's answer, by token. */
import { randomUUID } from 'node:crypto';
import type { PersonQuestion, ToolResult } from '../define-tool.ts';

/** Questions that a client never comes back with must not pile up. */
const mostOpen = 100;

export interface Asked {
  readonly question: PersonQuestion;
  /** What the call gives where the question stays unanswered. */
  readonly result: ToolResult;
}

export class OpenQuestions {
  readonly #open = new Map<string, Asked>();

  /** Once: an answer that comes twice finds nothing. */
  take(token: unknown): Asked | null {
    if (typeof token !== 'string') return null;
    const asked = this.#open.get(token) ?? null;
    this.#open.delete(token);
    return asked;
  }

  keep(asked: Asked): string {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= mostOpen && oldest !== undefined) this.#open.delete(oldest);
    const token = randomUUID();
    this.#open.set(token, asked);
    return token;
  }
}
