/** What a program says while it runs, as its preset reads it: kept as far as the record of the run needs it. */
import type { RunUsage, Trouble } from '../domain/runs/run.ts';
import { manyLines, oneLine } from '../domain/text.ts';
import { toMillis } from '../domain/time.ts';
import type { Seen } from './presets/preset.ts';

const longestLastWords = 2_000;
/** For a program that waits out a limit by itself: longer, and its fallback takes over. */
const retryingMs = 60_000;

export interface ReportListener {
  /** Something to show while it runs. */
  said(text: string): void;
  /** It says that it is done. */
  done(): void;
  /** It waits for what does not come in time. */
  waitsTooLong(): void;
}

export class RunReport {
  conversation: string | null = null;
  usage: RunUsage | null = null;
  trouble: Trouble | null = null;
  /** What its program says of the server that it could not start. */
  serverFault: string | null = null;
  answer: unknown = null;
  saysFailed = false;
  lastMessage = '';
  readonly #listener: ReportListener;
  #retrying: { readonly trouble: Trouble; readonly since: number } | null = null;
  #tail = '';

  constructor(listener: ReportListener) {
    this.#listener = listener;
  }

  take(seen: readonly Seen[]): void {
    for (const what of seen) this.#take(what);
  }

  /** The end of what it prints, whatever it means. */
  printed(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.subarray(-longestLastWords).toString('utf8')).slice(-longestLastWords);
  }

  /** Whether it waits for a limit to end, and has done so for too long. */
  get waitsTooLong(): boolean {
    return this.#retrying !== null && performance.now() - this.#retrying.since > retryingMs;
  }

  /** What it waited for is what it failed by. */
  giveUpWaiting(): void {
    this.trouble ??= this.#retrying?.trouble ?? null;
  }

  /** `inWords`: its preset tells messages from the rest of what it prints. */
  lastWords(inWords: boolean): string {
    return manyLines((inWords && this.lastMessage !== '' ? this.lastMessage : this.#tail).slice(-longestLastWords));
  }

  #take(what: Seen): void {
    switch (what.kind) {
      case 'conversation':
        this.conversation = what.id;
        break;
      case 'usage':
        this.usage = what.usage;
        break;
      case 'message':
        this.#retrying = null;
        this.lastMessage = what.text;
        this.#listener.said(what.text);
        break;
      case 'tool':
        this.trouble = null;
        this.#retrying = null;
        this.#listener.said(`→ ${what.text}`);
        break;
      case 'no-server':
        this.serverFault = oneLine(what.text, 300);
        this.#listener.said(`! ${what.text}`);
        break;
      case 'trouble':
        this.trouble = what.trouble;
        this.#listener.said(`! ${what.trouble.text}`);
        break;
      case 'retrying':
        this.#retrying ??= { trouble: what.trouble, since: performance.now() };
        this.#listener.said(`! ${what.trouble.text}; it tries again`);
        if (isLater(what.trouble, retryingMs)) this.#listener.waitsTooLong();
        break;
      case 'answer':
        this.answer = what.value;
        break;
      case 'end':
        this.saysFailed = what.failed;
        if (what.text !== '') this.lastMessage = what.text;
        this.#listener.done();
        break;
    }
  }
}

/** Its time is named, and is further away than that. */
function isLater({ until }: Trouble, milliseconds: number): boolean {
  return until !== null && toMillis(until) - Date.now() > milliseconds;
}
