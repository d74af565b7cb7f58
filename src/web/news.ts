/** Tells open boards that something has changed, gathered: a thousand changes a second are a few messages. */
import type { Federation } from '../federation.ts';

/** Changes of this many milliseconds are one message. */
const gatherMs = 200;
/** A word at least this often: a browser that slept, or whose connection is dead, notices it by its absence. */
const beatMs = 15_000;
/** Ids in one message; with more, boards fetch everything. */
const mostIds = 600;
/** A reader that takes nothing for this long has to come back. */
const mostWaiting = 64 * 1024;

type NewsSource = Pick<Federation, 'seq' | 'subscribe' | 'refresh' | 'fault'>;
type Reader = ReadableStreamDefaultController<Uint8Array>;

export class News {
  readonly #federation: NewsSource;
  readonly #readers = new Set<Reader>();
  readonly #encoder = new TextEncoder();
  #tasks = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #beat: NodeJS.Timeout | null = null;
  #unsubscribe: (() => void) | null = null;
  #standing = '';

  constructor(federation: NewsSource) {
    this.#federation = federation;
  }

  /** A stream for one board. */
  open(): Response {
    let own: Reader | null = null;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (reader) => {
          own = reader;
          this.#add(reader);
          // How soon a browser comes back, and that it is here.
          reader.enqueue(this.#encoder.encode('retry: 1000\n\n'));
          this.#send(reader, 'beat', {});
        },
        cancel: () => {
          if (own !== null) this.#remove(own);
        },
      },
      { highWaterMark: mostWaiting, size: (chunk) => chunk.byteLength },
    );
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  }

  close(): void {
    for (const reader of [...this.#readers]) {
      this.#remove(reader);
      try {
        reader.close();
      } catch {
        // It is gone already.
      }
    }
  }

  #add(reader: Reader): void {
    this.#readers.add(reader);
    this.#beat ??= setInterval(() => void this.#tellBeat(), beatMs).unref();
    this.#unsubscribe ??= this.#federation.subscribe(({ tasks }) => {
      for (const id of tasks) this.#tasks.add(id);
      if (this.#timer !== null) return;
      this.#timer = setTimeout(() => this.#tellNews(), gatherMs).unref();
    });
  }

  /** A store that goes away makes no change that could be told: boards look when it stands otherwise than before. */
  async #tellBeat(): Promise<void> {
    const before = this.#standing;
    this.#standing = await this.#federation.refresh().then(
      () => this.#federation.fault?.message ?? '',
      () => 'away',
    );
    if (this.#standing === before) this.#tell('beat', {});
    else this.#tell('news', { seq: this.#federation.seq, tasks: [] });
  }

  #tellNews(): void {
    this.#timer = null;
    const ids = [...this.#tasks];
    this.#tasks = new Set();
    this.#tell('news', { seq: this.#federation.seq, tasks: ids.slice(0, mostIds) });
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }

  #tell(event: string, data: object): void {
    for (const reader of [...this.#readers]) this.#send(reader, event, data);
  }

  #send(reader: Reader, event: string, data: object): void {
    try {
      if ((reader.desiredSize ?? 0) > 0)
        reader.enqueue(this.#encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      else {
        this.#remove(reader);
        reader.close();
      }
    } catch {
      this.#remove(reader);
    }
  }
}
